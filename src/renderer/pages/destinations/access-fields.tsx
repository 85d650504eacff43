import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Tiles from '@cloudscape-design/components/tiles';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../app/api.ts';
import { failureOf } from '../../app/failure.ts';
import { TextField } from '../../components/text-field.tsx';
import type { Fields } from '../../components/use-fields.ts';
import type { DestinationForm } from './destination-form.ts';
import { KeyFields } from './key-fields.tsx';
import { SignInField } from './sign-in-field.tsx';

export interface FieldsProps {
  readonly fields: Fields<DestinationForm>;
}

interface AccessFieldsProps extends FieldsProps {
  /** The access key ID whose secret the keychain holds already. */
  readonly keptKey?: string | undefined;
}

/** How Sluice gets into the bucket. */
export function AccessFields({ fields, keptKey }: AccessFieldsProps) {
  const { accessType, accessKeyId } = fields.values;
  return (
    <SpaceBetween size="l">
      <AccessType fields={fields} />
      {accessType === 'role' ? (
        <RoleFields fields={fields} />
      ) : (
        <KeyFields fields={fields} kept={keptKey !== undefined && accessKeyId.trim() === keptKey} />
      )}
    </SpaceBetween>
  );
}

/** A role for an hour at a time, or keys that stay. */
export function AccessType({ fields }: FieldsProps) {
  const { values, set } = fields;
  return (
    <FormField label="Access type" stretch>
      <Tiles
        value={values.accessType}
        onChange={({ detail }) => set('accessType', detail.value === 'keys' ? 'keys' : 'role')}
        items={[
          {
            value: 'role',
            label: 'IAM role',
            description:
              'Recommended. Sluice takes on a role for an hour at a time; no long-lived key is stored.',
          },
          {
            value: 'keys',
            label: 'Access keys',
            description: 'A key of an IAM user. The secret is kept in the keychain of this computer.',
          },
        ]}
      />
    </FormField>
  );
}

function RoleFields({ fields }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <ExternalId />
      <RoleArn fields={fields} />
      <SignInField fields={fields} />
    </SpaceBetween>
  );
}

export function RoleArn({ fields }: FieldsProps) {
  return (
    <TextField
      label="Role ARN"
      description="The address of the role that you created (ARN is AWS's word for an address). IAM shows it on the page of the role."
      placeholder="arn:aws:iam::123456789012:role/sluice"
      {...fields.text('roleArn')}
    />
  );
}

/** Made once for this installation; to be copied, never to be changed. */
export function ExternalId() {
  const { data, error } = useQuery(api.access.externalId.queryOptions());
  return (
    <FormField
      label="External ID"
      description="Belongs to this installation and never changes. The role must ask for it, so that nobody else can make AWS open the role for them. It is not a secret."
      stretch
    >
      {data !== undefined && (
        <CopyToClipboard
          variant="inline"
          copyButtonAriaLabel="Copy the external ID"
          copySuccessText="Copied"
          copyErrorText="The browser did not allow copying"
          textToCopy={data.externalId}
          textToDisplay={<code className="path-text">{data.externalId}</code>}
        />
      )}
      {error !== null && <StatusIndicator type="error">{failureOf(error).message}</StatusIndicator>}
    </FormField>
  );
}
