import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { bucketNameProblem } from '../../../shared/aws-names.ts';
import { SluiceError } from '../../../shared/errors.ts';
import { type PolicyDocument, permissionsPolicy } from '../../../shared/iam.ts';
import { partitionOf } from '../../../shared/regions.ts';
import type { FieldsProps } from './access-fields.tsx';
import { DocumentTabs } from './document-tabs.tsx';

/** What Sluice may do in the bucket. */
export function PermissionsPolicy({ fields }: FieldsProps) {
  const { values, set } = fields;
  const { bucket, pathPrefix, accessType, roleArn, region, scope, withAbort, kmsKey } = values;
  const onlyPrefix = scope === 'prefix';
  const document = valid(() =>
    permissionsPolicy({
      bucket: bucket.trim(),
      pathPrefix,
      scope,
      partition: partitionOf(accessType === 'role' ? roleArn.trim() : undefined, region.trim()),
      withAbort,
      kmsKey,
    }),
  );
  return (
    <SpaceBetween size="s">
      <Toggle
        checked={onlyPrefix && pathPrefix.trim() !== ''}
        disabled={pathPrefix.trim() === ''}
        onChange={({ detail }) => set('scope', detail.checked ? 'prefix' : 'bucket')}
        description={
          pathPrefix.trim() === ''
            ? 'Enter a path prefix to use this.'
            : 'Nothing else in the bucket can be reached.'
        }
      >
        Only below the path prefix
      </Toggle>
      <Toggle
        checked={withAbort}
        onChange={({ detail }) => set('withAbort', detail.checked)}
        description="Lets Sluice clear away the unfinished uploads of a failed load, which AWS would charge for."
      >
        Clear away unfinished uploads
      </Toggle>
      {document === undefined ? (
        <Box variant="p" color="text-body-secondary" padding="n">
          {bucketNameProblem(bucket.trim()) === undefined
            ? 'Correct the path prefix to see the policy.'
            : 'Enter the bucket to see the policy.'}
        </Box>
      ) : (
        <DocumentTabs kind="permissions" document={document} />
      )}
    </SpaceBetween>
  );
}

/** Undefined while the form holds something that cannot stand in a policy; its field says what. */
function valid(make: () => PolicyDocument): PolicyDocument | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}
