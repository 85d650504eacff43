import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Sweep, UnfinishedUploads } from '../../../../shared/model.ts';
import { api, client } from '../../../app/api.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Confirm } from '../../../components/confirm.tsx';
import { FailureAlert } from '../../../components/failure-alert.tsx';
import { asSentence, formatMany } from '../../../components/format.ts';
import { UploadsTable } from './uploads-table.tsx';

/** The unfinished uploads of a destination; those that ended loads of this installation left can be removed. */
export function Uploads({ destination }: { readonly destination: string }) {
  const list = useQuery(api.uploads.list.queryOptions({ input: { destination } }));
  const [asking, setAsking] = useState(false);
  const sweep = useMutation({
    mutationFn: () => client.uploads.sweep({ destination }),
    onSuccess: () => setAsking(false),
    onSettled: () => list.refetch(),
  });
  const uploads = list.data?.uploads ?? [];
  const abandoned = uploads.filter(({ owner }) => owner === 'abandoned').length;
  return (
    <SpaceBetween size="l">
      <FailureAlert error={list.error} header="The uploads cannot be listed" />
      {sweep.data !== undefined && <Swept sweep={sweep.data} />}
      {typeof list.data?.limitation === 'string' && (
        <Alert type="info" header="Only what the history knows is listed">
          {asSentence(list.data.limitation)}
        </Alert>
      )}
      {list.data !== undefined && list.data.lost.length > 0 && <LostUploads lost={list.data.lost} />}
      {list.error === null && (
        <UploadsTable
          uploads={uploads}
          loading={list.isPending}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button iconName="refresh" ariaLabel="List again" onClick={() => list.refetch()} />
              <Button disabled={abandoned === 0} onClick={() => setAsking(true)}>
                Remove abandoned uploads
              </Button>
            </SpaceBetween>
          }
        />
      )}
      {list.data !== undefined && (
        <ExpandableSection headerText="Let the bucket remove them by itself">
          <SpaceBetween size="s">
            <div>Give the bucket this lifecycle rule; it concerns unfinished uploads only, never a file.</div>
            <CodeBlock text={list.data.lifecycleRule} label="Lifecycle rule" />
          </SpaceBetween>
        </ExpandableSection>
      )}
      {asking && (
        <Confirm
          title="Remove abandoned uploads?"
          action="Remove"
          busy={sweep.isPending}
          error={sweep.error}
          onConfirm={() => sweep.mutate()}
          onClose={() => setAsking(false)}
        >
          {formatMany(abandoned, 'upload')} of loads that have ended are removed. What a running or an
          interrupted load needs, and what is not of this installation, stays.
        </Confirm>
      )}
    </SpaceBetween>
  );
}

/** More than that are counted. */
const named = 20;

/** Files of which an upload may exist, though nobody can tell. */
function LostUploads({ lost }: Pick<UnfinishedUploads, 'lost'>) {
  return (
    <Alert
      type="warning"
      header={`Of ${formatMany(lost.length, 'file')} there may be an upload that nobody sees`}
    >
      The answer of S3 that would have told was lost, and S3 does not list uploads for you. Let somebody look
      who may (s3:ListBucketMultipartUploads), or let the bucket remove them by itself, with the lifecycle
      rule below.
      <ul className="plain-list">
        {lost.slice(0, named).map(({ key, jobId }) => (
          <li key={`${jobId} ${key}`}>
            <Link href={`#/jobs/${jobId}`}>
              <span className="path-text">{key}</span>
            </Link>
          </li>
        ))}
      </ul>
      {lost.length > named && `And ${formatMany(lost.length - named, 'more file')}.`}
    </Alert>
  );
}

function Swept({ sweep: { aborted, left } }: { readonly sweep: Sweep }) {
  if (left.length === 0) {
    return <Alert type="success">{formatMany(aborted.length, 'upload')} removed.</Alert>;
  }
  return (
    <Alert type="warning" header={`${formatMany(left.length, 'upload')} could not be removed`}>
      {formatMany(aborted.length, 'other upload')} removed. Let the bucket remove the rest by itself, with the
      lifecycle rule below.
      <ul className="plain-list">
        {left.map(({ key, uploadId, reason }) => (
          <li key={uploadId}>
            <span className="path-text">{key}</span>: {asSentence(reason)}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
