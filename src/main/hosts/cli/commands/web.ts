import { once } from 'node:events';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { WebHost } from '../../web/index.ts';
import { act, thisProgram, userPath } from '../command.ts';
import { packageRoot } from '../package-root.ts';
import type { Terminal } from '../terminal.ts';
import { portOf } from './sandbox.ts';

interface WebOptions {
  readonly port?: string;
  readonly open: boolean;
  readonly renderer: string;
}

/** After which the browser is given up; a slow one may still come. */
const patienceMs = 5000;

/** Where `npm run build` puts it. */
const builtRenderer = join(packageRoot, 'out/renderer');

export function addWebCommand(program: Command): void {
  program
    .command('web')
    .summary('open the app in the browser')
    .description(
      'Serves the app on 127.0.0.1, for this computer only, and opens it in the browser through a link that works once and for one minute. Ctrl-C cancels running loads and stops.',
    )
    .option('--port <port>', 'the port to listen on (default: a free one)')
    .option('--no-open', 'print the link instead of opening it')
    .addOption(new Option('--renderer <folder>').default(builtRenderer).hideHelp())
    .addHelpText(
      'after',
      '\nWith --json the link is printed and nothing is opened.\n\nExample:\n  sluice web --no-open',
    )
    .action(
      act(async ({ terminal, folder, signal }, options: WebOptions) => {
        const { startWebHost } = await import('../../web/index.ts');
        // A closed terminal ends loads as cleanly as Ctrl-C does.
        const stopped = AbortSignal.any([signal, hangUp()]);
        await using host = await startWebHost({
          folder: await folder(),
          renderer: userPath(options.renderer),
          port: portOf(options.port),
          command: thisProgram(),
        });
        for (const notice of host.notices()) terminal.warn(notice);
        terminal.emit({ url: host.url(), port: host.port });
        if (!terminal.json) await invite(host, terminal, options.open);
        using _ = terminal.json ? undefined : linksOnEnter(host, terminal);
        if (!stopped.aborted) await once(stopped, 'abort');
        terminal.say('Stopping.');
        return 0;
      }),
    );
}

/** Fires when the terminal is closed. */
function hangUp(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGHUP', () => controller.abort());
  return controller.signal;
}

async function invite(host: WebHost, terminal: Terminal, open: boolean): Promise<void> {
  terminal.say(`Sluice runs on http://127.0.0.1:${host.port} until you press Ctrl-C.`);
  if (!open) {
    sayLink(host, terminal);
    return;
  }
  const { openInBrowser } = await import('../../web/browser.ts');
  const link = host.link();
  const problem = await openInBrowser(link);
  if (problem !== undefined) {
    terminal.say(`Open it by hand, since ${problem}:`);
    sayLink(host, terminal);
    return;
  }
  terminal.say('It opens in your browser.');
  // What starts browsers seldom tells when one did not start, or may not read the file that leads to the link.
  const late = setTimeout(() => {
    terminal.say('Nothing has opened so far. Open it by hand:');
    sayLink(host, terminal);
  }, patienceMs);
  void link.spent.then(() => clearTimeout(late));
}

function sayLink(host: WebHost, terminal: Terminal): void {
  terminal.say(host.url());
  terminal.say(
    `The link works once, for one minute.${process.stdin.isTTY ? ' Press Enter for another.' : ''}`,
  );
}

/** A new link for every Enter, while somebody sits at the terminal. */
function linksOnEnter(host: WebHost, terminal: Terminal): Disposable | undefined {
  if (!process.stdin.isTTY) return undefined;
  const onLine = (): void => sayLink(host, terminal);
  process.stdin.on('data', onLine);
  return {
    [Symbol.dispose]() {
      process.stdin.off('data', onLine).pause();
    },
  };
}
