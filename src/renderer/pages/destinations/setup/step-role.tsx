import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FieldsProps, RoleArn } from '../access-fields.tsx';
import { TrustPolicy } from '../trust-policy.tsx';
import { WrittenSteps } from './written-steps.tsx';

/** The role, made in AWS, and its address. */
export function StepRole({ fields }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description="Says who may take on the role: you, and only with the external ID."
          >
            Trust policy
          </Header>
        }
      >
        <SpaceBetween size="l">
          <TrustPolicy form={fields.values} />
          <WrittenSteps
            title="In the AWS console"
            steps={[
              'Open IAM, then Roles. Choose Create role.',
              'Choose Custom trust policy, and paste the text above in place of what stands there. Choose Next.',
              'Select the permissions policy of step 3. Choose Next.',
              'Give the role a name, e.g. sluice. Choose Create role.',
              'Open the role and copy its ARN.',
            ]}
          />
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">The role that you made</Header>}>
        <RoleArn fields={fields} />
      </Container>
    </SpaceBetween>
  );
}
