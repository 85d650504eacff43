import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { FieldsProps } from './access-fields.tsx';
import { PermissionsPolicy } from './permissions-policy.tsx';
import { TrustPolicy } from './trust-policy.tsx';

/** What has to exist in AWS before the test can pass, with the documents made from the form as it stands. */
export function AwsPanel({ fields }: FieldsProps) {
  const form = fields.values;
  const role = form.accessType === 'role';
  return (
    <Container
      header={
        <Header variant="h2" description="Once, in the AWS console. The texts follow what you enter.">
          What to create in AWS
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Step
          title="1. Permissions policy"
          how={[
            'IAM',
            'Policies',
            'Create policy',
            'JSON',
            'paste this',
            'Next',
            'give it a name',
            'Create policy',
          ]}
        >
          <PermissionsPolicy fields={fields} />
        </Step>
        {role ? (
          <Step
            title="2. Role"
            how={[
              ...['IAM', 'Roles', 'Create role', 'Custom trust policy', 'paste this', 'Next'],
              ...['select the policy of step 1', 'Next', 'give it a name', 'Create role'],
            ]}
          >
            <TrustPolicy form={form} />
          </Step>
        ) : (
          <Step
            title="2. IAM user"
            how={[
              ...['IAM', 'Users', 'Create user', 'give it a name', 'Attach policies directly'],
              ...['select the policy of step 1', 'Create user'],
            ]}
          />
        )}
        {role ? (
          <Step title="3. Role ARN" how={['Open the role', 'copy its ARN', 'paste it into the form']} />
        ) : (
          <Step
            title="3. Access key"
            how={[
              ...['Open the user', 'Create access key', 'Command Line Interface (CLI)', 'confirm'],
              ...['Create access key', 'copy both parts into the form; AWS shows the secret only once'],
            ]}
          />
        )}
      </SpaceBetween>
    </Container>
  );
}

interface StepProps {
  readonly title: string;
  /** Where to click, one after the other. */
  readonly how: readonly string[];
  readonly children?: ReactNode;
}

function Step({ title, how, children }: StepProps) {
  return (
    <SpaceBetween size="xs">
      <Box variant="h3" padding="n">
        {title}
      </Box>
      <Box variant="p" padding="n" color="text-body-secondary">
        {how.join(' → ')}
      </Box>
      {children}
    </SpaceBetween>
  );
}
