/** `sluice web` as a user runs it: the real command, its links, its redirect file and its end. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openHistory } from '../../src/main/stores/history.ts';
import type { JobEvent } from '../../src/shared/model.ts';
import { savePipeline } from '../contract/calling.ts';
import { bucket, prepareGround } from '../contract/ground.ts';
import { connectHttp } from '../contract/hosts.ts';
import { type CliOptions, type Installation, install, type RunningCommand } from '../support/cli.ts';
import { writeRenderer } from './start.ts';

const linkPattern = /http:\/\/127\.0\.0\.1:(\d+)\/start\?token=[\w-]{43}/;
const linksIn = (text: string): string[] => text.match(new RegExp(linkPattern, 'g')) ?? [];

let installation: Installation;
let renderer: string;
/** Where the command makes its temporary files. */
let temporary: string;

beforeEach(() => {
  installation = install();
  [renderer, temporary] = [join(installation.home, 'renderer'), join(installation.home, 'tmp')];
  mkdirSync(temporary);
  writeRenderer(renderer);
});

afterEach(() => installation[Symbol.dispose]());

function web(args: readonly string[] = [], env: CliOptions['env'] = {}): RunningCommand {
  return installation.start(['web', '--renderer', renderer, ...args], { env: { TMPDIR: temporary, ...env } });
}

/** A database whose only object has more rows than anybody waits for. */
function writeEndless(path: string): string {
  const database = new DatabaseSync(path);
  database.exec(`CREATE VIEW endless AS
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000) SELECT i, -i AS j FROM n`);
  database.close();
  return path;
}

const awsEnvironment = (): CliOptions['env'] =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('AWS_')));

async function stop(running: RunningCommand, signal: NodeJS.Signals = 'SIGINT') {
  running.child.kill(signal);
  return await running.ended;
}

test('--no-open prints a link that works, and Ctrl-C ends it with 0', async () => {
  const running = web(['--no-open']);
  const [link] = await running.said(linkPattern);
  const { status, headers } = await fetch(link, { redirect: 'manual' });
  expect([status, headers.get('location')]).toEqual([303, '/']);
  const { code, stdout, stderr } = await stop(running);
  expect([code, stderr]).toEqual([0, '']);
  expect(linksIn(stdout)).toHaveLength(1);
  expect(readdirSync(temporary)).toEqual([]);
});

test.each(['SIGTERM', 'SIGHUP'] as const)('%s ends it with 0, too', async (signal) => {
  const running = web(['--no-open']);
  await running.said(linkPattern);
  expect((await stop(running, signal)).code).toBe(0);
});

test('--json prints one document and opens nothing', async () => {
  const running = web(['--json'], { DISPLAY: ':99' });
  await running.said(/\n/);
  const { url, port } = z
    .strictObject({ url: z.string(), port: z.int() })
    .parse(JSON.parse(running.output.stdout));
  expect(linkPattern.exec(url)?.[1]).toBe(String(port));
  expect(readdirSync(temporary)).toEqual([]);
  const { code, stdout, stderr } = await stop(running);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.trim().split('\n')).toHaveLength(1);
});

test('where there is no desktop, the link is printed with a word why', async () => {
  const running = web([], { DISPLAY: undefined, WAYLAND_DISPLAY: undefined });
  await running.said(linkPattern);
  expect(running.output.stdout).toContain('Open it by hand, since there is no desktop in this session:');
  await stop(running);
});

test('--port takes that port; a port that is taken or none is refused with 2', async () => {
  const running = web(['--no-open']);
  const [, port = ''] = await running.said(linkPattern);
  const other = install();
  const taken = await other.run(['web', '--no-open', '--renderer', renderer, '--port', port, '--json']);
  expect(taken.code).toBe(2);
  expect(JSON.parse(taken.stdout)).toMatchObject({
    error: { code: 'IN_USE', message: expect.stringContaining(`port ${port}`) },
  });
  const wrong = await other.run(['web', '--renderer', renderer, '--port', '70000']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('"70000" is not a port')]);
  other[Symbol.dispose]();
  await stop(running);
  const again = web(['--no-open', '--port', port]);
  expect((await again.said(linkPattern))[1]).toBe(port);
  await stop(again);
});

test('without a built app it says how to build it', async () => {
  const { code, stderr } = await installation.run(['web', '--renderer', join(installation.home, 'none')]);
  expect(code).toBe(1);
  expect(stderr).toContain('npm run build');
});

test('a load that runs is cancelled cleanly by the first Ctrl-C', async () => {
  await using ground = await prepareGround();
  const running = web(['--no-open'], awsEnvironment());
  const [link] = await running.said(linkPattern);
  const { client } = await connectHttp(link, () => undefined);
  const pipeline = await savePipeline(
    client,
    ground,
    writeEndless(join(installation.home, 'endless.sqlite')),
  );
  const { jobId } = await client.jobs.start({ pipeline, force: true });
  const seen: JobEvent[] = [];
  for await (const event of await client.jobs.watch({ jobId })) {
    if (seen.length === 0) running.child.kill('SIGINT');
    seen.push(event);
  }
  expect(seen[0]).toMatchObject({ event: 'progress' });
  expect(seen.at(-1)).toMatchObject({ event: 'end', state: 'cancelled' });
  expect((await running.ended).code).toBe(0);
  using history = openHistory(installation.dataDir);
  expect(history.receipt(jobId)).toMatchObject({ state: 'cancelled', files: 0 });
  expect(ground.sandbox.pendingUploads(bucket)).toEqual([]);
});

describe.skipIf(!existsSync('/usr/bin/xdg-mime'))('a browser is opened (needs xdg-utils)', () => {
  /** A desktop whose only browser notes what it was started with, and does nothing else. */
  function desktop(): { readonly env: Record<string, string>; started(): string } {
    const { home } = installation;
    const [applications, notes] = [join(home, 'data/applications'), join(home, 'started')];
    mkdirSync(applications, { recursive: true });
    mkdirSync(join(home, 'config'));
    const browser = join(home, 'browser');
    writeFileSync(browser, `#!/bin/sh\nps -eo args > ${notes}.all\necho "$@" > ${notes}\n`, { mode: 0o755 });
    writeFileSync(
      join(applications, 'noting.desktop'),
      `[Desktop Entry]\nType=Application\nName=Noting\nExec=${browser} %u\nMimeType=text/html;\n`,
    );
    writeFileSync(join(home, 'config/mimeapps.list'), '[Default Applications]\ntext/html=noting.desktop\n');
    const env = {
      DISPLAY: ':99',
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_DATA_DIRS: join(home, 'none'),
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_CURRENT_DESKTOP: '',
      BROWSER: '/bin/false',
    };
    return { env, started: () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim() : '') };
  }

  test('through a private file, which is gone once the link has been used', async () => {
    const { env, started } = desktop();
    const running = web([], env);
    await running.said(/It opens in your browser/);
    await expect.poll(started).not.toBe('');
    const file = started().replace(/^file:\/\//, '');
    expect(file.startsWith(temporary)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
    const [link] = linksIn(readFileSync(file, 'utf8'));
    expect(link).toBeDefined();
    expect(readFileSync(`${join(installation.home, 'started')}.all`, 'utf8')).not.toContain('token=');
    expect(linksIn(running.output.stdout)).toEqual([]);

    expect((await fetch(link ?? '', { redirect: 'manual' })).status).toBe(303);
    await expect.poll(() => readdirSync(temporary)).toEqual([]);
    expect((await stop(running)).code).toBe(0);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('and the file is gone after %s', async (signal) => {
    const { env, started } = desktop();
    const running = web([], env);
    await expect.poll(started, { timeout: 10_000 }).not.toBe('');
    expect(readdirSync(temporary)).toHaveLength(1);
    expect((await stop(running, signal)).code).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('when nothing opens, a link follows by itself', async () => {
    const { env, started } = desktop();
    const running = web([], env);
    await expect.poll(started, { timeout: 10_000 }).not.toBe('');
    const [link] = await running.said(linkPattern);
    expect(running.output.stdout).toContain('Nothing has opened so far');
    expect((await fetch(link, { redirect: 'manual' })).status).toBe(303);
    await stop(running);
  });

  test('when the launcher says that it cannot, the link is printed at once', async () => {
    const { env } = desktop();
    writeFileSync(join(installation.home, 'config/mimeapps.list'), '');
    writeFileSync(join(installation.home, 'data/applications/noting.desktop'), '');
    const running = web([], env);
    await running.said(linkPattern);
    expect(running.output.stdout).toMatch(/Open it by hand, since no browser could be opened/);
    expect(readdirSync(temporary)).toEqual([]);
    await stop(running);
  });
});

describe.skipIf(!existsSync('/usr/bin/script'))('at a terminal (needs script)', () => {
  test('Enter gives another link, Ctrl-C stops', async () => {
    const node = process.execPath;
    const script = join(import.meta.dirname, '../../src/main/hosts/cli/sluice.ts');
    // exec: a shell that stays in between would answer Ctrl-C for itself, each in its own way.
    const command = `exec ${node} ${script} web --no-open --renderer ${renderer} --data-dir ${installation.dataDir}`;
    const running = installation.spawn('/usr/bin/script', ['-qec', command, '/dev/null']);
    await running.said(/Press Enter for another/);
    running.child.stdin.write('\r');
    await expect.poll(() => linksIn(running.output.stdout).length, { timeout: 10_000 }).toBe(2);
    const links = linksIn(running.output.stdout);
    expect(new Set(links).size).toBe(2);
    for (const link of links) expect((await fetch(link, { redirect: 'manual' })).status).toBe(303);
    running.child.stdin.write('\x03');
    expect((await running.ended).code).toBe(0);
    expect(running.output.stdout).toContain('Stopping.');
  });
});
