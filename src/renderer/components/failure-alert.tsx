import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import { failureOf } from '../app/failure.ts';
import { MoreAboutError } from '../help/more-about-error.tsx';
import { asSentence } from './format.ts';

/** What went wrong, why, and what to do next. Nothing where nothing went wrong. */
export function FailureAlert({ error, header }: { readonly error: unknown; readonly header?: string }) {
  if (error === null || error === undefined) return null;
  const { code, message, fix } = failureOf(error);
  return (
    <Alert type="error" header={header ?? 'That did not work'}>
      <Box variant="p" padding="n">
        {asSentence(message)}
      </Box>
      <Box variant="p" padding="n">
        {fix}
      </Box>
      <MoreAboutError code={code} />
    </Alert>
  );
}
