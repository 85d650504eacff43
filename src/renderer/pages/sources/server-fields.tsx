import FormField from '@cloudscape-design/components/form-field';
import Grid from '@cloudscape-design/components/grid';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { TextField } from '../../components/text-field.tsx';
import { mysqlModes, takePassword, urlOf } from './server-url.ts';
import type { SourceFieldsProps } from './source-fields.tsx';
import type { SourceForm } from './source-form.ts';
import { TunnelFields } from './tunnel-fields.tsx';

type Encryption = SourceForm['encryption'];

/** Its modes in the words of the client that users know. */
const encryptionsIn = (option: string, modes: Readonly<Record<Encryption, string>>) =>
  [
    { value: 'prefer', label: 'If the server can', description: `${option}=${modes.prefer}` },
    {
      value: 'require',
      label: 'Always',
      description: `${option}=${modes.require}: encrypted, the server is not identified`,
    },
    {
      value: 'verify-full',
      label: 'Always, and check who the server is',
      description: `${option}=${modes['verify-full']}, with the authorities that this computer trusts`,
    },
    { value: 'disable', label: 'Never', description: `${option}=${modes.disable}` },
  ] as const;

const words = {
  postgres: {
    port: '5432',
    passwordFile: '~/.pgpass',
    taken: 'As psql takes it.',
    example: 'postgres://ada@db.example.com:5432/shop?sslmode=require',
    encryptions: encryptionsIn('sslmode', {
      prefer: 'prefer',
      require: 'require',
      'verify-full': 'verify-full',
      disable: 'disable',
    }),
  },
  mysql: {
    port: '3306',
    passwordFile: '~/.my.cnf',
    taken: 'With the options of the mysql client as parameters.',
    example: 'mysql://ada@db.example.com:3306/shop?ssl-mode=required',
    encryptions: encryptionsIn('ssl-mode', mysqlModes),
  },
} as const;

const wordsOf = ({ kind }: SourceForm) => words[kind === 'mysql' ? 'mysql' : 'postgres'];

/** The server field by field, or as a URL; the password apart in both. */
export function ServerFields({ fields }: SourceFieldsProps) {
  const { values, set } = fields;
  const { passwordFile } = wordsOf(values);
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
      {values.by === 'url' ? <UrlField fields={fields} /> : <PlaceFields fields={fields} />}
      <TextField
        label="Password"
        optional
        secret
        constraint={`Goes into the keychain of this computer. Leave it empty if the server asks for none, or if it stands in ${passwordFile}.`}
        {...fields.text('password')}
      />
      <TunnelFields fields={fields} />
    </SpaceBetween>
  );
}

function UrlField({ fields }: SourceFieldsProps) {
  const [moved, setMoved] = useState(false);
  const url = fields.text('url');
  const { taken, example } = wordsOf(fields.values);
  return (
    <TextField
      label="URL"
      description={`${taken} A password in it moves to its own field.`}
      constraint={moved ? 'The password was moved to the field below.' : undefined}
      placeholder={example}
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

function PlaceFields({ fields }: SourceFieldsProps) {
  const { values, set, problem } = fields;
  const { port, encryptions } = wordsOf(values);
  const chosen = encryptions.find(({ value }) => value === values.encryption) ?? encryptions[0];
  return (
    <SpaceBetween size="l">
      <Grid gridDefinition={[{ colspan: { default: 9 } }, { colspan: { default: 3 } }]}>
        <TextField label="Host" placeholder="localhost" {...fields.text('host')} />
        <TextField label="Port" placeholder={port} digits {...fields.text('port')} />
      </Grid>
      {values.kind === 'mysql' && (
        <TextField
          label="Socket"
          optional
          description="The path of the socket of a server on this computer, in the place of host and port."
          placeholder="/run/mysqld/mysqld.sock"
          {...fields.text('socket')}
        />
      )}
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
          options={encryptions.map((option) => ({ ...option }))}
          onChange={({ detail }) => {
            const next = encryptions.find(({ value }) => value === detail.selectedOption.value);
            if (next !== undefined) set('encryption', next.value);
          }}
        />
      </FormField>
    </SpaceBetween>
  );
}
