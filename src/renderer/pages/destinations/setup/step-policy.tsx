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
        <WrittenSteps
          topLevel
          title="In the AWS console"
          steps={[
            'Open IAM (the part of AWS that says who may do what), then Policies.',
            'Choose Create policy, then JSON.',
            'Paste the text above in place of what stands there. Choose Next.',
            'Give it a name that you will find again, e.g. sluice-loader. Choose Create policy.',
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}
