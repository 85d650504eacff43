import type { Command } from 'commander';
import { SluiceError } from '../../../../shared/errors.ts';
import type { Estimate, JobEvent } from '../../../../shared/model.ts';
import type { Core } from '../../../core/index.ts';
import { forkJobProcess, type JobProcess, type StartJobProcess } from '../../../core/start-job-process.ts';
import { act, type Session } from '../command.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { shownError } from '../shown-error.ts';
import { count, size, type Terminal, table } from '../terminal.ts';

type EndEvent = Extract<JobEvent, { event: 'end' }>;

export function addLoadCommand(program: Command): void {
  program
    .command('load [pipeline]')
    .summary('run a pipeline now')
    .description(
      'Loads every object of a pipeline. Each object appears in the bucket whole, or not at all. Ctrl-C cancels; a second one stops at once.',
    )
    .option('--dry-run', 'estimate rows, files and bytes; write nothing')
    .option('--force', 'load also when the same content was appended before')
    .option('--resume <job-id>', 'go on with an interrupted job')
    .option('--discard <job-id>', 'remove what an interrupted job left behind')
    .option(
      '--network-timeout <seconds>',
      'how long to go on trying while S3 cannot be reached, before the job is interrupted (default: 600)',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  sluice load daily\n  sluice load daily --dry-run\n  sluice load --resume d12d74f4-…',
    )
    .action(
      act(async (session, pipeline: string | undefined, options: LoadOptions) => {
        refuseMixture(pipeline, options);
        const { resume, discard } = options;
        const runs = discard === undefined && options.dryRun !== true;
        // A load needs a process of its own, which reads its modules while this one reads the core.
        using early = runs ? startEarly(forkJobProcess) : undefined;
        const { client } = await session.core(early === undefined ? {} : { startJobProcess: early.take });
        if (discard !== undefined) {
          const { jobId } = await client.jobs.discard({ jobId: discard });
          session.terminal.result({ discarded: jobId }, [`Discarded the job ${jobId}.`]);
          return undefined;
        }
        const callOptions = { signal: session.signal };
        const patience = patienceOf(options.networkTimeout);
        if (resume !== undefined) {
          const again = { jobId: resume, ...patience };
          return await follow(session, (await client.jobs.resume(again, callOptions)).jobId);
        }
        const named = { pipeline: pipeline ?? '' };
        if (options.dryRun === true) {
          showEstimate(await client.jobs.estimate(named, callOptions), session.terminal);
          return undefined;
        }
        const start = { ...named, ...patience, force: options.force === true };
        return await follow(session, (await client.jobs.start(start, callOptions)).jobId);
      }),
    );
}

interface LoadOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly resume?: string;
  readonly discard?: string;
  readonly networkTimeout?: string;
}

interface EarlyProcess extends Disposable {
  /** Hands the process over, once; after that, starts others. */
  readonly take: StartJobProcess;
}

/** Starts the process of a load before it is known that there will be one; disposing ends it if there was none. */
function startEarly(start: StartJobProcess): EarlyProcess {
  let early: JobProcess | undefined = start();
  return {
    take: () => {
      const taken = early ?? start();
      early = undefined;
      return taken;
    },
    [Symbol.dispose]: () => early?.kill(),
  };
}

/** @throws SluiceError INPUT_INVALID unless it is a whole number of seconds, at most a day */
function patienceOf(text: string | undefined): { networkTimeout?: number } {
  if (text === undefined) return {};
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= 86_400) return { networkTimeout: seconds };
  throw new SluiceError('INPUT_INVALID', `--network-timeout takes a number of seconds, not "${text}"`, {
    fix: 'Write a whole number from 0 to 86400, e.g. --network-timeout 600.',
  });
}

/** @throws SluiceError INPUT_INVALID unless exactly one thing is asked for */
function refuseMixture(pipeline: string | undefined, { dryRun, resume, discard }: LoadOptions): void {
  const fix =
    'Write "sluice load PIPELINE", "sluice load --resume JOB_ID" or "sluice load --discard JOB_ID".';
  if ([pipeline, resume, discard].filter((way) => way !== undefined).length !== 1) {
    throw new SluiceError('INPUT_INVALID', 'Name one pipeline, or one job to resume or to discard', { fix });
  }
  if (dryRun === true && pipeline === undefined) {
    throw new SluiceError('INPUT_INVALID', '--dry-run is for a pipeline, not for a job', { fix });
  }
}

/** Shows a job until it ends; the session's signal cancels it. Returns the exit code. */
async function follow(session: Session, jobId: string): Promise<number> {
  const end = await followJob(session, jobId);
  if (end.state === 'completed') return 0;
  return end.error === undefined || end.state === 'completed_with_failures' ? 1 : exitCodeOf(end.error.code);
}

/** Shows progress and warnings of a running job, and returns its end. */
export async function followJob({ core, signal, kill, terminal }: Session, jobId: string): Promise<EndEvent> {
  const { client } = await core();
  const cancel = (): void => {
    terminal.progress('Cancelling…');
    cancelJob(client, jobId);
  };
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  const leave = (): void => sayInterrupted(terminal, jobId);
  kill.addEventListener('abort', leave);
  try {
    terminal.say(`Job ${jobId}`);
    for await (const event of await client.jobs.watch({ jobId })) {
      if (event.event === 'progress') {
        terminal.emit(event);
        const { object, phase, rows, bytesRead, bytesSent } = event;
        if (phase === 'waiting') continue;
        terminal.progress(`${object}  ${count(rows)} rows  ${size(bytesRead)} read  ${size(bytesSent)} sent`);
      } else if (event.event === 'warning') {
        terminal.warn(`${event.object} ${event.message}`.trim());
      } else {
        terminal.progress('');
        terminal.emit(event);
        showEnd(event, terminal);
        return event;
      }
    }
    throw new SluiceError('INTERNAL', 'The job ended without saying how');
  } finally {
    signal.removeEventListener('abort', cancel);
    kill.removeEventListener('abort', leave);
  }
}

function cancelJob(client: Core['client'], jobId: string): void {
  // The job may end by itself in this very moment; then there is nothing to cancel, and `end` says the rest.
  client.jobs.cancel({ jobId }).catch(() => undefined);
}

/** The last words at a second signal: nothing is cleaned up any more. */
function sayInterrupted(terminal: Terminal, jobId: string): void {
  const error = shownError(
    new SluiceError('JOB_INTERRUPTED', 'Stopped at once, before the job could clean up', {
      fix: `Go on with it: sluice load --resume ${jobId}; or remove what it left: sluice load --discard ${jobId}`,
      details: { jobId },
    }),
  );
  terminal.emit({ event: 'end', jobId, state: 'interrupted', objects: [], error });
  if (!terminal.json) terminal.fail(error);
}

function showEnd({ state, objects, error, jobId }: EndEvent, terminal: Terminal): void {
  const rows = objects.flatMap((object) =>
    object.files.length > 0
      ? object.files.map((file) => [object.object, `${count(file.rows)} rows`, size(file.bytes), file.key])
      : [[object.object, object.state === 'completed' ? '0 rows' : object.state, '', '']],
  );
  for (const line of table(rows)) terminal.say(line);
  if (state === 'completed') {
    terminal.say('Completed.');
    return;
  }
  const failed = objects.filter((object) => object.error !== undefined && object.state === 'failed');
  for (const { object, error: reason } of failed) {
    if (reason !== undefined && failed.length > 1) terminal.warn(`${object}: ${reason.message}`);
  }
  if (error !== undefined && !terminal.json) terminal.fail(error);
  else terminal.say(`The job is ${state.replaceAll('_', ' ')}: sluice jobs show ${jobId}`);
}

function showEstimate(estimate: Estimate, terminal: Terminal): void {
  const rows = estimate.objects.map(({ object, path, exact, ...guess }) => {
    const about = exact ? '' : 'about ';
    return [
      object,
      guess.rows === null ? 'rows unknown' : `${about}${plural(guess.rows, 'row')}`,
      guess.files === null ? '' : `${about}${plural(guess.files, 'file')}`,
      guess.bytes === null ? '' : `about ${size(guess.bytes)}`,
      guess.requests === null ? '' : `${about}${plural(guess.requests, 'request')}`,
      path,
    ];
  });
  terminal.result(estimate, [...table(rows), ...totalLines(estimate), 'Nothing was written.']);
}

const plural = (number: number, word: string): string =>
  `${count(number)} ${number === 1 ? word : `${word}s`}`;

/** The sum, and how long it takes, as far as it can be told without sending anything. */
function totalLines({ objects, seconds, sentPerSecond }: Estimate): string[] {
  const bytes = sum(objects.map((object) => object.bytes));
  const files = sum(objects.map((object) => object.files));
  if (bytes === null || files === null || seconds === null) {
    return ['An object whose number of rows the source does not tell cannot be estimated.'];
  }
  const total = `In all about ${plural(files, 'file')}, ${size(bytes)}; ${duration(seconds)} to read and compress.`;
  if (sentPerSecond === null) return [`${total} How long the upload takes, a load will tell.`];
  return [
    total,
    `The latest large load sent ${size(sentPerSecond)} a second: so fast, this one takes ${duration(bytes / sentPerSecond)}.`,
  ];
}

const sum = (numbers: readonly (number | null)[]): number | null =>
  numbers.reduce((all, one) => (all === null || one === null ? null : all + one), 0);

/** Rounded as an estimate is. */
function duration(seconds: number): string {
  if (seconds < 1) return 'less than a second';
  if (seconds < 90) return `about ${plural(Math.round(seconds), 'second')}`;
  if (seconds < 5400) return `about ${plural(Math.round(seconds / 60), 'minute')}`;
  return `about ${plural(Math.round(seconds / 3600), 'hour')}`;
}
