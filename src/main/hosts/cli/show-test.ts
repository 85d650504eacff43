/** Shows a connection test as it goes: checks to stdout, what it waits for to stderr. */
import { styleText } from 'node:util';
import type { TestEvent } from '../../../shared/contract.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import type { Check, Waiting } from '../../../shared/model.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface ShownTest {
  readonly events: AsyncIterable<TestEvent>;
  readonly terminal: Terminal;
  /** Ends the waiting of that id. */
  readonly stopWaiting: (wait: string) => Promise<unknown>;
}

/** Denied access has an exit code of its own. */
export async function showTest({ events, terminal, stopWaiting }: ShownTest): Promise<number> {
  let firstFailure: ErrorCode | undefined;
  let failed = false;
  using countdown = countdownOn(terminal, stopWaiting);
  for await (const event of events) {
    if ('waiting' in event) {
      countdown.show(event);
      continue;
    }
    countdown.end();
    if ('check' in event) {
      const { code, ...shown } = event;
      terminal.emit(shown);
      showCheck(event, terminal);
      if (event.verdict === 'failed') firstFailure ??= code;
    } else {
      terminal.emit(event);
      if ('result' in event) failed = event.result === 'failed';
      else terminal.say(event.saved ? 'Saved.' : 'Not saved: mend what failed and try again.');
    }
  }
  if (!failed) return 0;
  return firstFailure !== undefined && exitCodeOf(firstFailure) === 3 ? 3 : 1;
}

interface Countdown extends Disposable {
  show(waiting: Waiting): void;
  end(): void;
}

/** A line that counts at a terminal, where Enter ends the waiting; elsewhere a warning when the waiting begins. */
function countdownOn(terminal: Terminal, stopWaiting: ShownTest['stopWaiting']): Countdown {
  let current: Waiting | undefined;
  let timer: NodeJS.Timeout | undefined;
  const { stdin } = process;
  const canStop = terminal.interactive && !terminal.json && stdin.isTTY === true;
  const stop = (): void => {
    if (current !== undefined) void stopWaiting(current.wait);
  };
  const draw = (): void => {
    if (current === undefined) return;
    const left = Math.max(0, Math.ceil((Date.parse(current.until) - Date.now()) / 1000));
    terminal.progress(`… ${current.waiting}: ${left} s left${canStop ? ', Enter to go on at once' : ''}`);
  };
  const end = (): void => {
    clearInterval(timer);
    if (canStop && current !== undefined) stdin.off('data', stop).pause();
    timer = undefined;
    current = undefined;
    terminal.progress('');
  };
  return {
    show(waiting) {
      const isNew = current?.wait !== waiting.wait;
      if (isNew) {
        end();
        terminal.warn(`${waiting.waiting}: ${waiting.cause}; trying again for ${waiting.secondsLeft} s`);
        timer = setInterval(draw, 1000);
        if (canStop) stdin.on('data', stop).resume();
      }
      current = waiting;
      draw();
    },
    end,
    [Symbol.dispose]: end,
  };
}

const signs = { passed: '✓', failed: '✗', warning: '!', skipped: '-' };
const colours = { passed: 'green', failed: 'red', warning: 'yellow', skipped: 'gray' } as const;

function showCheck(
  { check, verdict, cause, fix, statement, remedies = [] }: Check,
  terminal: Terminal,
): void {
  const sign = styleText(colours[verdict], signs[verdict], { stream: process.stdout });
  terminal.say(`${sign} ${check}${cause === undefined ? '' : `: ${cause}`}`);
  if (fix !== undefined) terminal.say(`  ${fix}`);
  if (statement !== undefined) terminal.say(indented(statement));
  for (const { label, text } of remedies) {
    terminal.say(`  ${label}:`);
    terminal.say(indented(text));
  }
}

const indented = (text: string): string => text.replaceAll(/^/gm, '    ');
