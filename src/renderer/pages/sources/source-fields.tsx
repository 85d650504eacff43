import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tiles from '@cloudscape-design/components/tiles';
import { TextField } from '../../components/text-field.tsx';
import type { Fields } from '../../components/use-fields.ts';
import { PostgresFields } from './postgres-fields.tsx';
import type { SourceForm } from './source-form.ts';
import { SqliteFields } from './sqlite-fields.tsx';

export interface SourceFieldsProps {
  readonly fields: Fields<SourceForm>;
}

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
          onChange={({ detail }) => set('kind', detail.value === 'sqlite' ? 'sqlite' : 'postgres')}
          items={[
            { value: 'postgres', label: 'PostgreSQL', description: 'A server, here or elsewhere.' },
            { value: 'sqlite', label: 'SQLite', description: 'A database file on this computer.' },
          ]}
        />
      </FormField>
      {values.kind === 'postgres' ? <PostgresFields fields={fields} /> : <SqliteFields fields={fields} />}
    </SpaceBetween>
  );
}
