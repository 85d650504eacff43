import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { asSentence, formatMany } from '../../components/format.ts';
import type { Warning } from './watched.ts';

/** More than that are counted; the receipt lists them all. */
const listed = 20;

export function JobWarnings({ warnings }: { readonly warnings: readonly Warning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Alert type="warning" header={formatMany(warnings.length, 'warning')}>
      <ul className="plain-list">
        {warnings.slice(0, listed).map(({ object, message }) => (
          <li key={JSON.stringify([object, message])}>
            {object === '' ? asSentence(message) : <Named object={object} message={message} />}
          </li>
        ))}
      </ul>
      {warnings.length > listed &&
        `And ${formatMany(warnings.length - listed, 'more warning')}: the receipt lists them all.`}
    </Alert>
  );
}

function Named({ object, message }: Warning) {
  return (
    <>
      <Box variant="strong">{object}</Box> {message}
    </>
  );
}
