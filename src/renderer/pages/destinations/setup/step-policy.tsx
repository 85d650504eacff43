import Container from '@cloudscape-design/components/container';
import type { FieldsProps } from '../access-fields.tsx';
import { PermissionsPolicy } from '../permissions-policy.tsx';

/** What Sluice may do in the bucket. */
export const StepPolicy = ({ fields }: FieldsProps) => (
  <Container>
    <PermissionsPolicy fields={fields} />
  </Container>
);
