import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { findRefused } from '../../../shared/key-characters.ts';
import type { Sanitised } from '../../../shared/model.ts';
import { formatMany } from '../../components/format.ts';

/** More than that are counted, not listed. */
const listed = 10;

const partWords: Readonly<Record<string, string>> = {
  pathPrefix: 'path prefix',
  destinationPrefix: 'destination prefix',
  database: 'database',
  schema: 'schema',
  object: 'object',
};

/** Which names could not stay as they are in the path, each once, and why. */
export function SanitisedNote({ changes }: { readonly changes: readonly Sanitised[] }) {
  if (changes.length === 0) return null;
  return (
    <Alert type="info" header="Some names are changed to fit a path">
      <ul className="plain-list">
        {changes.slice(0, listed).map((change) => (
          <li key={JSON.stringify(change)}>
            The {partWords[change.part] ?? change.part} <Box variant="code">{change.from}</Box> becomes{' '}
            <Box variant="code">{change.to}</Box>: {reason(change)}
          </li>
        ))}
      </ul>
      {changes.length > listed && `And ${formatMany(changes.length - listed, 'more name')}.`}
    </Alert>
  );
}

function reason({ part, from }: Sanitised): string {
  if (part === 'pathPrefix') return 'slashes and spaces at its ends are dropped.';
  if (from.includes('/')) return 'a slash would begin another folder.';
  const found = findRefused(from);
  return found === undefined
    ? 'a folder must not be called by dots alone.'
    : `the character ${found.shown} makes trouble in S3 keys.`;
}
