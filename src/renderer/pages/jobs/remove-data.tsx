import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Receipt, Removal } from '../../../shared/model.ts';
import { Confirm } from '../../components/confirm.tsx';
import { asSentence, formatCount, formatInstant, formatMany, formatSize } from '../../components/format.ts';
import type { Removing } from './use-removal.ts';

/** More keys than that are counted; the receipt lists them all. */
const listed = 100;

/** What of a job is still in its bucket. */
export function dataOf({ objects, manifest }: Receipt): {
  readonly keys: readonly string[];
  readonly rows: number;
  readonly bytes: number;
} {
  const files = objects.flatMap((object) => object.files).filter(({ removedAt }) => removedAt === undefined);
  const sign = manifest !== null && manifest.removedAt === undefined ? [manifest] : [];
  return {
    keys: [...sign, ...files].map(({ key }) => key),
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bytes: [...sign, ...files].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

interface RemoveDataProps {
  readonly receipt: Receipt;
  readonly removing: Removing;
  readonly onClose: () => void;
}

/** Shows exactly what would go, asks, and removes it. */
export function RemoveData({ receipt, removing, onClose }: RemoveDataProps) {
  const { keys, rows, bytes } = dataOf(receipt);
  const { busy, progress, error } = removing;
  return (
    <Confirm
      title="Remove what this load added?"
      action="Remove"
      busy={busy}
      error={error}
      onConfirm={removing.start}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>
          These {formatMany(keys.length, 'file')} with {formatMany(rows, 'row')} ({formatSize(bytes)}) are
          removed from the bucket {receipt.bucket}, and nothing else. A file that is not as this load left it
          stays and is named. The receipt stays.
        </div>
        {/* It scrolls, so it has to be reached by keyboard. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled list is scrolled with the keyboard */}
        <section className="key-list" aria-label="Files to remove" tabIndex={0}>
          <ul className="plain-list">
            {keys.slice(0, listed).map((key) => (
              <li key={key}>
                <Box variant="code">
                  <span className="path-text">{key}</span>
                </Box>
              </li>
            ))}
          </ul>
          {keys.length > listed && `And ${formatMany(keys.length - listed, 'more file')}.`}
        </section>
        {busy && progress !== undefined && (
          <ProgressBar
            label="Removing"
            value={progress.files === 0 ? 0 : Math.floor((100 * progress.done) / progress.files)}
            description={`${formatCount(progress.done)} of ${formatMany(progress.files, 'file')}`}
          />
        )}
      </SpaceBetween>
    </Confirm>
  );
}

/** What a removal did; or that one was begun and not finished, or that all is gone. */
export function RemovalAlert({
  receipt,
  result,
}: {
  readonly receipt: Receipt;
  readonly result: Removal | undefined;
}) {
  if (result !== undefined) return <RemovalResult result={result} />;
  if (receipt.removedAt !== undefined) {
    return (
      <Alert type="info" header="What this load added was removed">
        On {formatInstant(receipt.removedAt)}. The receipt still says what it was.
      </Alert>
    );
  }
  if (receipt.removalStartedAt === undefined) return null;
  return (
    <Alert type="warning" header="What this load added was removed in part">
      The removal of {formatInstant(receipt.removalStartedAt)} did not reach its end:{' '}
      {formatMany(dataOf(receipt).keys.length, 'file')} may still be there. Remove its data again to go on.
    </Alert>
  );
}

function RemovalResult({ result: { removed, left, versionsKept } }: { readonly result: Removal }) {
  const versions = versionsKept
    ? ' The bucket keeps versions: what was removed is hidden from readers, and still stored and paid for.'
    : '';
  if (left.length === 0) {
    return (
      <Alert type="success" header="What this load added is removed">
        {formatMany(removed.length, 'file')} removed.{versions}
      </Alert>
    );
  }
  return (
    <Alert type="warning" header={`${formatMany(left.length, 'file')} could not be removed`}>
      {formatMany(removed.length, 'other file')} removed.{versions} These stay:
      <ul className="plain-list">
        {left.slice(0, listed).map(({ key, reason }) => (
          <li key={key}>
            <span className="path-text">{key}</span>: {asSentence(reason)}
          </li>
        ))}
      </ul>
      {left.length > listed && `And ${formatMany(left.length - listed, 'more')}: the receipt lists them all.`}
    </Alert>
  );
}
