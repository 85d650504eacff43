import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { PathText } from '../../components/path-text.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { FieldsProps } from './access-fields.tsx';
import { BucketRegionNote } from './bucket-region.tsx';
import { CreateBucket } from './create-bucket.tsx';
import { type DestinationForm, examplePath, hasDottedBucket } from './destination-form.ts';
import { RegionField } from './region-field.tsx';

/** Where the files go. */
export function BucketFields({ fields }: FieldsProps) {
  const { values, set } = fields;
  return (
    <SpaceBetween size="l">
      <SpaceBetween size="xs">
        <TextField
          label="Bucket"
          constraint={
            hasDottedBucket(values) && !values.pathStyle
              ? 'This name has a dot: switch on path-style addresses under "Advanced settings", or the connection cannot be secured.'
              : 'Its name alone, as S3 lists it: 3 to 63 small letters, digits, dots and hyphens.'
          }
          {...fields.text('bucket')}
        />
        <BucketRegionNote fields={fields} />
        {values.endpoint.trim() === '' && <CreateBucket form={values} />}
      </SpaceBetween>
      <RegionField fields={fields} />
      <SpaceBetween size="xs">
        <TextField
          label="Path prefix"
          optional
          description="The folder in the bucket below which everything is written."
          placeholder="landing"
          {...fields.text('pathPrefix')}
        />
        <Example bucket={values.bucket.trim()} pathPrefix={values.pathPrefix} />
      </SpaceBetween>
      <FormField label="File format" stretch>
        CSV, compressed with gzip
        <Box variant="small" display="block">
          The only format there is: text with one line per row and a header in every file, which every
          spreadsheet and query engine reads.
        </Box>
      </FormField>
      <FormField label="Compression">
        <RadioGroup
          value={values.gzipLevel}
          onChange={({ detail }) => set('gzipLevel', detail.value as DestinationForm['gzipLevel'])}
          items={[
            { value: '1', label: 'Fastest', description: 'Level 1: some 4 per cent larger files.' },
            { value: '3', label: 'Balanced', description: 'Level 3: the size of plain gzip in less time.' },
            {
              value: '6',
              label: 'Smallest',
              description: 'Level 6: some 4 per cent smaller files, more slowly.',
            },
          ]}
        />
      </FormField>
    </SpaceBetween>
  );
}

/** Made by the rule that the load itself follows. */
function Example({ bucket, pathPrefix }: { readonly bucket: string; readonly pathPrefix: string }) {
  const [job] = useState(() => ({ at: new Date(), id: crypto.randomUUID() }));
  const path = examplePath(pathPrefix, job.at, job.id);
  if (path === undefined) return null;
  return (
    <div aria-live="polite">
      <Box variant="small" display="block">
        A load that starts now would write a table “orders” of a database “shop” to
      </Box>
      <PathText path={`s3://${bucket === '' ? '…' : bucket}/${path}`} />
    </div>
  );
}
