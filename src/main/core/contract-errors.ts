/** Our errors as the contract carries them: code, message, fix and details, and nothing else. */
import { ORPCError } from '@orpc/server';
import { errorCodes, SluiceError } from '../../shared/errors.ts';
import { type InputIssue, wordsOfIssue } from './input-issues.ts';

/** Wraps every call of the contract, whichever host makes it; streams may fail late. */
export async function withContractErrors<T>({ next }: { next: () => Promise<T> }): Promise<T> {
  try {
    const output = await next();
    return isStream(output) ? (translated(output) as T) : output;
  } catch (error) {
    throw contractError(error);
  }
}

function contractError(thrown: unknown): ORPCError<string, unknown> {
  const known = errorCodes as readonly string[];
  if (thrown instanceof ORPCError && known.includes(thrown.code)) return thrown;
  const error = thrown instanceof SluiceError ? thrown : (badInput(thrown) ?? fault(thrown));
  return new ORPCError(error.code, {
    message: error.message,
    data: { fix: error.fix, details: error.details },
  });
}

/** oRPC refuses bad input by itself; its issues become one plain sentence. */
function badInput(thrown: unknown): SluiceError | undefined {
  if (!(thrown instanceof ORPCError) || thrown.code !== 'BAD_REQUEST') return undefined;
  const { issues = [] } = (thrown.data ?? {}) as { issues?: readonly InputIssue[] };
  const words = issues.map(wordsOfIssue).join('; ');
  return new SluiceError('INPUT_INVALID', words || 'The input does not fit', { cause: thrown });
}

const fault = (thrown: unknown): SluiceError =>
  new SluiceError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });

const isStream = (value: unknown): value is AsyncGenerator =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;

async function* translated(stream: AsyncGenerator): AsyncGenerator {
  try {
    yield* stream;
  } catch (error) {
    throw contractError(error);
  }
}
