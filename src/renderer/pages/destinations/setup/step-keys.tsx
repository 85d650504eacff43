import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { FieldsProps } from '../access-fields.tsx';
import { KeyFields } from '../key-fields.tsx';
import { WrittenSteps } from './written-steps.tsx';

/** The IAM user, made in AWS, and its keys. */
export function StepKeys({ fields }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <Container>
        <SpaceBetween size="l">
          <WrittenSteps topLevel form={fields.values} part="user" />
          <WrittenSteps topLevel form={fields.values} part="access-key" />
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">The keys</Header>}>
        <KeyFields fields={fields} />
      </Container>
    </SpaceBetween>
  );
}
