import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FieldsProps, RoleArn } from '../access-fields.tsx';
import { TrustPolicy } from '../trust-policy.tsx';

/** The role, made in AWS, and its address. */
export function StepRole({ fields }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header
            variant="h2"
            description="Its trust policy says who may take it on: you, and only with the external ID."
          >
            Make the role
          </Header>
        }
      >
        <TrustPolicy form={fields.values} />
      </Container>
      <Container header={<Header variant="h2">The role that you made</Header>}>
        <RoleArn fields={fields} />
      </Container>
    </SpaceBetween>
  );
}
