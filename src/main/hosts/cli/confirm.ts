/** A question before something is gone for good. */
import { createInterface } from 'node:readline/promises';
import { SluiceError } from '../../../shared/errors.ts';
import { canPrompt } from './secret-input.ts';

/**
 * Asks at the terminal; `yes` answers for it.
 * @throws SluiceError INPUT_INVALID where nobody can be asked, CANCELLED for any answer but yes
 */
export async function confirm(question: string, yes: boolean, signal: AbortSignal): Promise<void> {
  if (yes) return;
  if (!canPrompt()) {
    throw new SluiceError('INPUT_INVALID', 'This needs a confirmation, and there is no terminal to ask at', {
      fix: 'Look at what would be removed, then add --yes.',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal
    .question(`${question} [y/N] `, { signal })
    .catch(() => '')
    .finally(() => terminal.close());
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new SluiceError('CANCELLED', 'Nothing was removed');
}
