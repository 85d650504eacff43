import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { TextField } from '../../components/text-field.tsx';
import type { Fields } from '../../components/use-fields.ts';
import { FilesFields } from './files-fields.tsx';
import { ServerFields } from './server-fields.tsx';
import type { SourceForm } from './source-form.ts';
import { SqliteFields } from './sqlite-fields.tsx';

export interface SourceFieldsProps {
  readonly fields: Fields<SourceForm>;
}

const kinds = [
  { value: 'postgres', label: 'PostgreSQL', description: 'A server, here or elsewhere.' },
  { value: 'mysql', label: 'MySQL or MariaDB', description: 'A server, here or elsewhere.' },
  { value: 'sqlite', label: 'SQLite', description: 'A database file on this computer.' },
  { value: 'files', label: 'Files', description: 'CSV, JSON or Parquet on this computer.' },
] as const;

export function SourceFields({ fields }: SourceFieldsProps) {
  const { values, set } = fields;
  return (
    <SpaceBetween size="l">
      <TextField
        label="Name"
        description="What this source is called in Sluice."
        constraint="Unique, at most 255 characters."
        autoFocus
        {...fields.text('name')}
      />
      <FormField label="Kind" stretch>
        <Tiles
          value={values.kind}
          onChange={({ detail }) => {
            const kind = kinds.find(({ value }) => value === detail.value);
            if (kind !== undefined) set('kind', kind.value);
          }}
          items={[...kinds]}
        />
      </FormField>
      <OwnFields fields={fields} />
    </SpaceBetween>
  );
}

function OwnFields({ fields }: SourceFieldsProps) {
  switch (fields.values.kind) {
    case 'sqlite':
      return <SqliteFields fields={fields} />;
    case 'files':
      return <FilesFields fields={fields} />;
    default:
      return <ServerFields fields={fields} />;
  }
}
