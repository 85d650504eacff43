import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { FieldsProps } from './access-fields.tsx';
import { PermissionsPolicy } from './permissions-policy.tsx';
import { TrustPolicy } from './trust-policy.tsx';
import { UserDocuments } from './user-documents.tsx';

/** What has to exist in AWS before the test can pass, with the documents made from the form as it stands. */
export function AwsPanel({ fields }: FieldsProps) {
  const form = fields.values;
  return (
    <Container
      header={
        <Header variant="h2" description="Once, in your AWS account. The texts follow what you enter.">
          What to create in AWS
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Part title="1. Permissions policy">
          <PermissionsPolicy fields={fields} />
        </Part>
        {form.accessType === 'role' ? (
          <Part title="2. Role">
            <TrustPolicy form={form} />
          </Part>
        ) : (
          <Part title="2. User and access key">
            <UserDocuments form={form} />
          </Part>
        )}
      </SpaceBetween>
    </Container>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <SpaceBetween size="xs">
      <Box variant="h3" padding="n">
        {title}
      </Box>
      {children}
    </SpaceBetween>
  );
}
