import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { client } from '../../app/api.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { TextField } from '../../components/text-field.tsx';
import { FilesPreview } from './files-preview.tsx';
import type { SourceFieldsProps } from './source-fields.tsx';
import { filesLocationOf } from './source-form.ts';

/** A path to type, what cannot be found out about CSV, and how the files would be read with all that. */
export function FilesFields({ fields }: SourceFieldsProps) {
  const { values, set, text } = fields;
  const look = useMutation({
    mutationFn: () => client.sources.previewFiles({ location: filesLocationOf(values) }),
  });
  return (
    <SpaceBetween size="l">
      <TextField
        label="File, folder or pattern"
        description="The whole path. In a folder each file is an object; the files of a pattern are one object."
        constraint="CSV, NDJSON, JSON and Parquet, plain or compressed with gzip or zstd."
        placeholder="/home/ada/exports/orders-*.csv.gz"
        {...text('path')}
      />
      <TextField
        label="Name in the path"
        description="Stands for the database in the directory path; the name of the folder if empty."
        optional
        {...text('database')}
      />
      <ExpandableSection headerText="How CSV is read">
        <SpaceBetween size="l">
          <TextField
            label="Delimiter"
            constraint="One character, or the word tab; found out if empty."
            optional
            {...text('delimiter')}
          />
          <TextField
            label="Quote"
            constraint='One character, or the word none; " if empty.'
            optional
            {...text('quote')}
          />
          <TextField
            label="Encoding"
            constraint="Such as utf-16, latin-1 or windows-1252; UTF-8 if empty, or what the byte order mark says."
            optional
            {...text('encoding')}
          />
          <TextField
            label="NULL is written as"
            constraint="A field that is this, without quotes; the empty field if empty."
            optional
            {...text('nullText')}
          />
          <FormField label="Header">
            <Checkbox checked={values.header} onChange={({ detail }) => set('header', detail.checked)}>
              The first row holds the names of the columns
            </Checkbox>
          </FormField>
        </SpaceBetween>
      </ExpandableSection>
      <FormField label="Rows that do not fit" stretch>
        <RadioGroup
          value={values.badRows}
          onChange={({ detail }) => set('badRows', detail.value === 'set-aside' ? 'set-aside' : 'stop')}
          items={[
            {
              value: 'stop',
              label: 'Stop the object',
              description: 'Nothing of it is loaded; file, line and reason are told.',
            },
            {
              value: 'set-aside',
              label: 'Set the rows aside',
              description: 'They are counted, and kept in a report on this computer; the others are loaded.',
            },
          ]}
        />
      </FormField>
      <Button
        formAction="none"
        loading={look.isPending}
        loadingText="Looking"
        onClick={() => {
          if (fields.check(['path', 'delimiter', 'quote'])) look.mutate();
        }}
      >
        Look at the files
      </Button>
      <FailureAlert error={look.error} header="The files could not be looked at" />
      {look.data?.length === 0 && (
        <Box color="text-body-secondary">There are no files in it that can be loaded.</Box>
      )}
      {look.data !== undefined && look.data.length > 0 && <FilesPreview previews={look.data} />}
    </SpaceBetween>
  );
}
