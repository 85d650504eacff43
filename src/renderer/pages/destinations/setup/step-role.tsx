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
          <WrittenSteps form={fields.values} part="role" />
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">The role that you made</Header>}>
        <RoleArn fields={fields} />
      </Container>
    </SpaceBetween>
  );
}
