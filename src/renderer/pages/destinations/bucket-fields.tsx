import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { PathText } from '../../components/path-text.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { FieldsProps } from './access-fields.tsx';
import { BucketRegionNote } from './bucket-region.tsx';
import { examplePath, hasDottedBucket } from './destination-form.ts';
import { RegionField } from './region-field.tsx';

/** Where the files go. */
export function BucketFields({ fields }: FieldsProps) {
  const { values } = fields;
  return (
    <SpaceBetween size="l">
      <TextField
        label="Bucket"
        constraint={
          hasDottedBucket(values) && !values.pathStyle
            ? 'This name has a dot: switch on path-style addresses under "Advanced settings", or the connection cannot be secured.'
            : 'The name of a bucket that exists, without s3:// before it.'
        }
        {...fields.text('bucket')}
      />
      <SpaceBetween size="xs">
        <RegionField fields={fields} />
        <BucketRegionNote fields={fields} />
      </SpaceBetween>
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
          UTF-8, with a header row in every file.
        </Box>
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
