/** Where a secret may come from: standard input or a prompt without echo. Never an argument. */
import { SluiceError } from '../../../shared/errors.ts';

/**
 * All of standard input, without the line end that `echo` adds.
 * @throws SluiceError INPUT_INVALID when it is empty
 */
export async function secretFromStdin(option: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  const secret = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (secret === '') {
    throw new SluiceError('INPUT_INVALID', `${option} was given, but standard input is empty`, {
      fix: `Pipe the secret in, e.g. "pass show my-secret | sluice … ${option}".`,
    });
  }
  return secret;
}

/**
 * The secrets of several options: all of standard input for one, a line each for more, in this order.
 * @throws SluiceError INPUT_INVALID when there are fewer or more
 */
export async function secretsFromStdin(options: readonly string[]): Promise<readonly string[]> {
  const [first] = options;
  if (first === undefined) return [];
  const text = await secretFromStdin(options.join(' and '));
  if (options.length === 1) return [text];
  const lines = text.split(/\r?\n/);
  if (lines.length === options.length && !lines.includes('')) return lines;
  throw new SluiceError(
    'INPUT_INVALID',
    `${options.join(' and ')} need ${options.length} lines on standard input, in this order`,
    { fix: 'Write each secret on a line of its own.' },
  );
}

export const canPrompt = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/**
 * Asks at the terminal without showing what is typed.
 * @throws SluiceError CANCELLED
 */
export async function secretFromPrompt(message: string, signal: AbortSignal): Promise<string> {
  // Few commands ask; the others need not wait for the prompt to be loaded.
  const { default: askPassword } = await import('@inquirer/password');
  try {
    return await askPassword({ message, mask: false }, { output: process.stderr, signal });
  } catch (error) {
    throw new SluiceError('CANCELLED', 'Nothing was entered', { cause: error });
  }
}
