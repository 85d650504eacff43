import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { bucketNameProblem } from '../../../shared/aws-names.ts';
import { regionTitle } from '../../../shared/regions.ts';
import { api } from '../../app/api.ts';
import { failureOf } from '../../app/failure.ts';
import { asSentence } from '../../components/format.ts';
import type { FieldsProps } from './access-fields.tsx';
import { type DestinationForm, signerOf } from './destination-form.ts';
import { useSettled } from './use-settled.ts';

/** Where S3 says the bucket is; asked once the name is typed. */
function useBucketRegion({ signer, profile, endpoint, ...form }: DestinationForm) {
  const bucket = useSettled(form.bucket.trim());
  const elsewhere = endpoint.trim();
  // Keys are not entered yet at this point, and whoever is not signed in is answered, too.
  const asks = signerOf({
    signer: form.accessType === 'role' && profile !== '' ? signer : 'default',
    profile,
  });
  return useQuery(
    api.access.bucketRegion.queryOptions({
      input: {
        bucket,
        signer: asks,
        ...(/^https?:\/\/[^\s/]/.test(elsewhere) ? { endpoint: elsewhere } : {}),
      },
      enabled: bucketNameProblem(bucket) === undefined,
      refetchOnWindowFocus: false,
    }),
  );
}

/** Finds the region of the bucket by itself, and says what it found. */
export function BucketRegionNote({ fields }: FieldsProps) {
  const { values, set } = fields;
  const { data, error, isFetching } = useBucketRegion(values);
  const region = values.region.trim();
  const told = data?.region ?? undefined;
  const filled = useRef<string>(undefined);
  // What somebody has chosen stays, and the note offers the other; what was found for another bucket does not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer fills the field once; emptying it is not an answer
  useEffect(() => {
    if (told === undefined) return;
    if (region === '' || region === filled.current) set('region', told);
    filled.current = told;
  }, [told]);
  const named = told === undefined ? '' : regionTitle(told);
  return (
    <div aria-live="polite">
      {isFetching && <StatusIndicator type="loading">Looking for the bucket</StatusIndicator>}
      {!isFetching && data?.found === false && (
        <StatusIndicator type="warning">
          There is no bucket of this name in this partition of AWS. Correct the name, or create the bucket.
        </StatusIndicator>
      )}
      {!isFetching && told !== undefined && region === told && (
        <StatusIndicator type="success">The bucket is in {named}</StatusIndicator>
      )}
      {!isFetching && told !== undefined && region !== told && region !== '' && (
        <Alert
          type="warning"
          action={
            <Button formAction="none" onClick={() => set('region', told)}>
              Use {told}
            </Button>
          }
        >
          The bucket is in {named}.
        </Alert>
      )}
      {!isFetching && error !== null && (
        <>
          <StatusIndicator type="info">Its region could not be looked up. Choose it below.</StatusIndicator>
          <Box variant="small" display="block">
            {asSentence(failureOf(error).message)}
          </Box>
        </>
      )}
    </div>
  );
}
