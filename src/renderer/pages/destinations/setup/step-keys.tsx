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
          <WrittenSteps
            topLevel
            title="The user, in the AWS console"
            steps={[
              'Open IAM, then Users. Choose Create user and give it a name, e.g. sluice.',
              'Choose Attach policies directly, and select the permissions policy of step 3.',
              'Choose Next, then Create user.',
            ]}
          />
          <WrittenSteps
            topLevel
            title="Its access key"
            steps={[
              'Open the user. Choose Create access key, then Command Line Interface (CLI), and confirm.',
              'Choose Create access key.',
              'Choose Download .csv file, or copy both parts into the fields below. AWS shows the secret only once.',
            ]}
          />
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">The keys</Header>}>
        <KeyFields fields={fields} />
      </Container>
    </SpaceBetween>
  );
}
