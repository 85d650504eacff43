/** Secrets come from standard input or a prompt, rest in the keychain, and are seen nowhere else. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  errorOf,
  type Installation,
  install,
  parseLines,
  type RunningSandbox,
  sluiceScript,
  startSandboxCommand,
} from '../support/cli.ts';
import { keyringShell, missingForKeyring } from '../support/keyring.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { hasTerminal, typed } from '../support/terminal.ts';
import { destinationsDocument, objectsDocument } from './documents.ts';

const sluice = [process.execPath, fileURLToPath(sluiceScript)];

/** The bus has something to say about its limits where it runs as root. */
const withoutBus = (stderr: string): string => stderr.replaceAll(/^dbus-daemon.*\n/gm, '');

/** Every byte below a folder. */
const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');

describe.skipIf(missingForKeyring !== '')(`secrets of AWS: needs ${missingForKeyring || 'a keyring'}`, () => {
  let cli: Installation;
  let sandbox: RunningSandbox;
  beforeAll(async () => {
    cli = install();
    sandbox = await startSandboxCommand(cli);
  });
  afterAll(() => cli[Symbol.dispose]());

  /** Runs commands one after the other in a session with an unlocked keyring. */
  const session = async (script: string, stdin = '') => {
    const [program = '', ...args] = keyringShell(cli.home, 'unlocked', ['sh', '-c', script, ...sluice]);
    return await cli.spawn(program, args, { stdin, env: { SECRET: sandbox.secretAccessKey } }).ended;
  };
  const add = () =>
    `"$0" "$1" destination add --name keys --access keys --access-key-id ${sandbox.accessKeyId} \
      --secret-access-key-stdin --bucket ${sandbox.bucket} --region ${sandbox.region} --path-style \
      --endpoint ${sandbox.endpoint} --sts-endpoint ${sandbox.endpoint} --json`;

  test('access keys: from standard input to the keychain, used by the next command, removed with the destination', async () => {
    const { code, stdout, stderr } = await session(
      `printf '%s\\n' "$SECRET" | ${add()} && "$0" "$1" destination test keys --json &&
       "$0" "$1" destination list --json && "$0" "$1" destination remove keys --json &&
       printf '%s' "$SECRET" | ${add()} --draft`,
    );
    expect({ code, stderr: withoutBus(stderr) }).toEqual({ code: 0, stderr: '' });
    const lines = parseLines(stdout);
    expect(lines.filter((line) => JSON.stringify(line) === '{"saved":true}')).toHaveLength(2);
    expect(lines.filter((line) => JSON.stringify(line) === '{"result":"passed"}')).toHaveLength(2);
    const list = lines.find((line) => typeof line === 'object' && line !== null && 'destinations' in line);
    expect(destinationsDocument.parse(list).destinations).toMatchObject([{ name: 'keys', access: 'keys' }]);
    expect(stdout).not.toContain(sandbox.secretAccessKey);
    const kept = everything(cli.dataDir);
    expect(kept).toContain(sandbox.accessKeyId);
    expect(kept).not.toContain(sandbox.secretAccessKey);
  });

  test('without a keyring nothing is saved, with exit 5 and what to do', async () => {
    using bare = install();
    const args = add()
      .replaceAll('"', '')
      .split(/\s+/)
      .slice(2)
      .filter((word) => word !== '--json');
    const env = { DBUS_SESSION_BUS_ADDRESS: undefined };
    const draft = [...args, '--draft'];
    const shown = errorOf(await bare.json(draft, { stdin: sandbox.secretAccessKey, env }));
    expect(shown).toMatchObject({ exit: 5, code: 'KEYCHAIN_UNAVAILABLE' });
    expect(JSON.stringify(shown)).not.toContain(sandbox.secretAccessKey);
    expect(await bare.document(destinationsDocument, ['destination', 'list'])).toEqual({ destinations: [] });
  });
});

describe.skipIf(findPostgres() === null || missingForKeyring !== '')(
  `passwords of databases: needs PostgreSQL and ${missingForKeyring || 'a keyring'}`,
  () => {
    let server: TestPostgres;
    beforeAll(async () => {
      server = await startPostgres();
      await server.query('CREATE TABLE visible (a int)');
    });
    afterAll(() => server.stop());

    const fresh = (): Installation => {
      const cli = install();
      onTestFinished(() => cli[Symbol.dispose]());
      return cli;
    };

    test('come from standard input, and are used from the keychain', async () => {
      const cli = fresh();
      const script = `printf '%s\\n' "$SECRET" | "$0" "$1" source add --name db --url '${server.url}' --password-stdin &&
        "$0" "$1" source objects db --json`;
      const [program = '', ...args] = keyringShell(cli.home, 'unlocked', ['sh', '-c', script, ...sluice]);
      const { code, stdout, stderr } = await cli.spawn(program, args, { env: { SECRET: server.password } })
        .ended;
      expect({ code, stderr: withoutBus(stderr) }).toEqual({ code: 0, stderr: '' });
      const [words, document = ''] = stdout.split('\n');
      expect(words).toBe('Connected to test and saved the source "db".');
      expect(objectsDocument.parse(JSON.parse(document)).objects).toMatchObject([
        { schema: 'public', name: 'visible' },
      ]);
      expect(everything(cli.dataDir)).not.toContain(server.password);
      // Another session, whose keyring is locked: the entry should be there and is not.
      const [other = '', ...rest] = keyringShell(cli.home, 'locked', [
        ...sluice,
        'source',
        'objects',
        'db',
        '--json',
      ]);
      const locked = await cli.spawn(other, rest, { stdin: '' }).ended;
      expect(errorOf(locked)).toMatchObject({ exit: 5, code: 'KEYCHAIN_ENTRY_MISSING' });
    });

    test('wrong or missing without a terminal: denied with exit 4, and no prompt hangs', async () => {
      const cli = fresh();
      const args = ['source', 'add', '--name', 'db', '--url', server.url];
      expect(errorOf(await cli.json(args))).toMatchObject({ exit: 4, code: 'SOURCE_DENIED' });
      const wrong = await cli.json([...args, '--password-stdin'], { stdin: 'wrong-password\n' });
      expect(errorOf(wrong)).toMatchObject({ exit: 4, code: 'SOURCE_DENIED' });
      expect(wrong.stdout + wrong.stderr).not.toContain('wrong-password');
    });

    describe.skipIf(!hasTerminal)('at a prompt: needs script (util-linux)', () => {
      const add = () => [...sluice, 'source', 'add', '--name', 'db', '--url', server.url];

      test('are asked for without echo', async () => {
        const cli = fresh();
        const running = typed(cli, keyringShell(cli.home, 'unlocked', add()));
        await running.said(/Password:/);
        running.child.stdin.write(`${server.password}\r`);
        const { code, stdout } = await running.ended;
        expect(stdout).toContain('saved the source "db"');
        expect(code).toBe(0);
        expect(stdout).not.toContain(server.password);
      });

      test('Ctrl-C at the prompt is a cancel', async () => {
        const cli = fresh();
        const running = typed(cli, add());
        await running.said(/Password:/);
        running.child.stdin.write('\u0003');
        const { code, stdout } = await running.ended;
        expect(code).toBe(130);
        expect(stdout).toContain('Nothing was entered');
        expect(await cli.json(['source', 'list'])).toMatchObject({ lines: [{ sources: [] }] });
      });
    });
  },
);
