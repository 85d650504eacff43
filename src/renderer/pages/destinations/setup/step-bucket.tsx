import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { FieldsProps } from '../access-fields.tsx';
import { AdvancedFields } from '../advanced-fields.tsx';
import { BucketFields } from '../bucket-fields.tsx';

/** Where the files go. */
export function StepBucket({ fields }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <Container>
        <BucketFields fields={fields} />
      </Container>
      <AdvancedFields fields={fields} />
    </SpaceBetween>
  );
}
