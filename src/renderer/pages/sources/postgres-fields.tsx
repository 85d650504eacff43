import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { TextField } from '../../components/text-field.tsx';
import type { SourceFieldsProps } from './source-fields.tsx';
import { type SourceForm, takePassword, urlOf } from './source-form.ts';

/** The server field by field, or as a URL; the password apart in both. */
export function PostgresFields({ fields }: SourceFieldsProps) {
  const { values, set } = fields;
  const choose = (by: SourceForm['by']) => {
    if (by === 'url' && values.url === '' && values.host !== '') set('url', urlOf(values));
    set('by', by);
  };
  return (
    <SpaceBetween size="l">
      <SegmentedControl
        label="How to describe the server"
        selectedId={values.by}
        options={[
          { id: 'fields', text: 'Field by field' },
          { id: 'url', text: 'Connection URL' },
        ]}
        onChange={({ detail }) => choose(detail.selectedId === 'url' ? 'url' : 'fields')}
      />
      {values.by === 'url' ? <UrlField fields={fields} /> : <ServerFields fields={fields} />}
      <TextField
        label="Password"
        optional
        secret
        constraint="Goes into the keychain of this computer. Leave it empty if the server asks for none, or if it stands in ~/.pgpass."
        {...fields.text('password')}
      />
    </SpaceBetween>
  );
}

function UrlField({ fields }: SourceFieldsProps) {
  const [moved, setMoved] = useState(false);
  const url = fields.text('url');
  return (
    <TextField
      label="URL"
      description="As psql takes it. A password in it moves to its own field."
      constraint={moved ? 'The password was moved to the field below.' : undefined}
      placeholder="postgres://ada@db.example.com:5432/shop?sslmode=require"
      {...url}
      onChange={(typed) => {
        const { url: clean, password } = takePassword(typed);
        url.onChange(clean);
        if (password === undefined) return;
        fields.set('password', password);
        setMoved(true);
      }}
    />
  );
}

const encryptions = [
  { value: 'prefer', label: 'If the server can', description: 'sslmode=prefer' },
  {
    value: 'require',
    label: 'Always',
    description: 'sslmode=require: encrypted, the server is not identified',
  },
  {
    value: 'verify-full',
    label: 'Always, and check who the server is',
    description: 'sslmode=verify-full, with the authorities that this computer trusts',
  },
  { value: 'disable', label: 'Never', description: 'sslmode=disable' },
] as const;

function ServerFields({ fields }: SourceFieldsProps) {
  const { values, set, problem } = fields;
  const chosen = encryptions.find(({ value }) => value === values.encryption) ?? encryptions[0];
  return (
    <SpaceBetween size="l">
      <Grid gridDefinition={[{ colspan: { default: 9 } }, { colspan: { default: 3 } }]}>
        <TextField label="Host" placeholder="localhost" {...fields.text('host')} />
        <TextField label="Port" placeholder="5432" digits {...fields.text('port')} />
      </Grid>
      <TextField label="Database" {...fields.text('database')} />
      <TextField
        label="User"
        optional
        description="Without one, the name of your account on this computer is used."
        {...fields.text('user')}
      />
      <FormField label="Encryption" errorText={problem('encryption')} stretch>
        <Select
          selectedOption={chosen}
          options={[...encryptions]}
          onChange={({ detail }) => {
            const next = encryptions.find(({ value }) => value === detail.selectedOption.value);
            if (next !== undefined) set('encryption', next.value);
          }}
        />
      </FormField>
    </SpaceBetween>
  );
}
