import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { TextField } from '../../components/text-field.tsx';
import type { SourceFieldsProps } from './source-fields.tsx';

const ways = [
  { value: 'none', label: 'Directly', description: 'This computer reaches the database.' },
  {
    value: 'agent',
    label: 'Through an SSH server, by the SSH agent',
    description: 'With the keys that the agent of this session holds.',
  },
  { value: 'key', label: 'Through an SSH server, by a key file' },
  { value: 'password', label: 'Through an SSH server, by a password' },
] as const;

/** The way to the database: none but the network, or an SSH server and how to log in there. */
export function TunnelFields({ fields }: SourceFieldsProps) {
  const { values, set } = fields;
  const chosen = ways.find(({ value }) => value === values.way) ?? ways[0];
  return (
    <SpaceBetween size="l">
      <FormField label="Way to the database" stretch>
        <Select
          selectedOption={chosen}
          options={ways.map((way) => ({ ...way }))}
          onChange={({ detail }) => {
            const next = ways.find(({ value }) => value === detail.selectedOption.value);
            if (next !== undefined) set('way', next.value);
          }}
        />
      </FormField>
      {values.way !== 'none' && (
        <SpaceBetween size="l">
          <Grid gridDefinition={[{ colspan: { default: 9 } }, { colspan: { default: 3 } }]}>
            <TextField
              label="SSH host"
              description="Host and port of the database are as this server sees them."
              placeholder="bastion.example.com"
              {...fields.text('sshHost')}
            />
            <TextField
              label="SSH port"
              description="22 if empty."
              placeholder="22"
              digits
              {...fields.text('sshPort')}
            />
          </Grid>
          <TextField label="SSH user" {...fields.text('sshUser')} />
        </SpaceBetween>
      )}
      {values.way === 'key' && (
        <TextField
          label="Key file"
          constraint="The private key, readable by you alone. ~/ stands for your home folder."
          placeholder="~/.ssh/id_ed25519"
          {...fields.text('sshKey')}
        />
      )}
      {(values.way === 'key' || values.way === 'password') && (
        <TextField
          label={values.way === 'key' ? 'Passphrase of the key' : 'SSH password'}
          optional={values.way === 'key'}
          secret
          constraint="Goes into the keychain of this computer."
          {...fields.text('sshSecret')}
        />
      )}
    </SpaceBetween>
  );
}
