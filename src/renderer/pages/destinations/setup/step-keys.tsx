import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { FieldsProps } from '../access-fields.tsx';
import { KeyFields } from '../key-fields.tsx';
import { UserDocuments } from '../user-documents.tsx';

/** The IAM user, made in AWS, and its keys. */
export function StepKeys({ fields }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Make the user and its key</Header>}>
        <UserDocuments form={fields.values} />
      </Container>
      <Container header={<Header variant="h2">The key that you made</Header>}>
        <KeyFields fields={fields} />
      </Container>
    </SpaceBetween>
  );
}
