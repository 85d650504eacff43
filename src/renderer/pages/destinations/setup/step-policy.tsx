import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { FieldsProps } from '../access-fields.tsx';
import { PermissionsPolicy } from '../permissions-policy.tsx';
import { WrittenSteps } from './written-steps.tsx';

/** What Sluice may do in the bucket. */
export function StepPolicy({ fields }: FieldsProps) {
  return (
    <Container>
      <SpaceBetween size="l">
        <PermissionsPolicy fields={fields} />
        <WrittenSteps topLevel form={fields.values} part="policy" />
      </SpaceBetween>
    </Container>
  );
}
