/** Looking at what a source holds before anything is loaded. What is seen goes to whoever asked, and nowhere else. */
import { type ColumnDetail, type FirstRows, lookPatience } from '../../shared/browse.ts';
import { isCancelled, SluiceError } from '../../shared/errors.ts';
import { displayName, type ObjectName } from '../../shared/model.ts';
import type { OpenSource } from '../sources/source.ts';
import type { CoreContext } from './context.ts';
import { lookInProcess } from './look-process.ts';
import { resolveObjects } from './object-names.ts';
import { findSource, openSaved } from './sources.ts';

interface Look {
  /** Of the source. */
  readonly name: string;
  readonly object: string | ObjectName;
}

/** @throws SluiceError NOT_FOUND, OBJECT_NOT_FOUND, OBJECT_AMBIGUOUS, SOURCE_SLOW, and what the source raises */
export async function lookAtColumns(
  core: CoreContext,
  { name, object: wanted }: Look,
  signal: AbortSignal,
): Promise<{ object: ObjectName; columns: ColumnDetail[] }> {
  await using source = await openSaved(core, findSource(core, name), signal);
  return await inTime(name, wanted, signal, async (until) => {
    const object = await exactName(source, wanted, until);
    return { object, columns: [...(await source.columns(object, until))] };
  });
}

/** @throws SluiceError as {@link lookAtColumns} */
export async function lookAtRows(
  core: CoreContext,
  { name, object: wanted, rows }: Look & { readonly rows: number },
  signal: AbortSignal,
): Promise<FirstRows & { object: ObjectName }> {
  const saved = findSource(core, name);
  await using source = await openSaved(core, saved, signal);
  return await inTime(name, wanted, signal, async (until) => {
    const object = await exactName(source, wanted, until);
    // SQLite works in the thread that asks it, and nothing stops it there but the end of its process.
    const first =
      saved.kind === 'sqlite'
        ? await lookInProcess(core.startJobProcess, { path: saved.path, object, rows }, until)
        : await source.firstRows(object, { rows, milliseconds: serverPatience, signal: until });
    return { object, ...first };
  });
}

/** For the server itself, should the word to stop not reach it: later than ours, so that ours gives the reason. */
const serverPatience = lookPatience + 2_000;

async function exactName(
  source: OpenSource,
  wanted: string | ObjectName,
  signal: AbortSignal,
): Promise<ObjectName> {
  // The engine itself says so where there is none of this name.
  if (typeof wanted !== 'string') return wanted;
  const [object] = resolveObjects([wanted], await source.objects(signal));
  if (object === undefined) throw new SluiceError('INTERNAL', 'a name was resolved to nothing');
  return object;
}

async function inTime<T>(
  name: string,
  wanted: string | ObjectName,
  signal: AbortSignal,
  look: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(lookPatience);
  try {
    return await look(AbortSignal.any([signal, late]));
  } catch (error) {
    if (!late.aborted || signal.aborted || !isCancelled(error)) throw error;
    const object = typeof wanted === 'string' ? wanted : displayName(wanted);
    const message = `The source "${name}" did not show ${object} within ${lookPatience / 1000} seconds`;
    throw new SluiceError('SOURCE_SLOW', message, { details: { object, seconds: lookPatience / 1000 } });
  }
}
