/** A database behind an SSH server, from the command line: the real programs, a real sshd, a real PostgreSQL. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { errorOf, type Installation, install, parseLines, sluiceScript } from '../support/cli.ts';
import { gate, must, startCliAws } from '../support/cli-aws.ts';
import { keyringShell, missingForKeyring } from '../support/keyring.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { missingForSshd, startSshd, type TestSshd } from '../support/sshd.ts';
import { hasTerminal, typed } from '../support/terminal.ts';
import { endLine, jobsDocument } from './documents.ts';

const sluice = [process.execPath, fileURLToPath(sluiceScript)];
const missing = [...(findPostgres() === null ? ['PostgreSQL'] : []), missingForSshd]
  .filter(Boolean)
  .join(', ');
/** Far more than what is under way between the database and S3 at a time. */
const rows = 24_000;

/** Every byte below a folder. */
const everything = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');

describe.skipIf(missing !== '')(`through an SSH server: needs ${missing || 'PostgreSQL and sshd'}`, () => {
  let sshd: TestSshd;
  let server: TestPostgres;
  beforeAll(async () => {
    [sshd, server] = await Promise.all([startSshd(), startPostgres()]);
    await server.query('CREATE TABLE small AS SELECT 1 AS i');
    await server.query(
      `CREATE TABLE large AS SELECT i, string_agg(md5(random()::text), '') AS noise
         FROM generate_series(1, ${rows}) i, generate_series(1, 100) GROUP BY i`,
    );
  });
  afterAll(async () => {
    await server?.stop();
    await sshd?.[Symbol.asyncDispose]();
  });

  const fresh = ({ known = false } = {}): Installation => {
    const cli = install();
    onTestFinished(() => cli[Symbol.dispose]());
    if (known) {
      mkdirSync(join(cli.home, '.ssh'));
      writeFileSync(join(cli.home, '.ssh', 'known_hosts'), `${sshd.knownHost}\n`);
    }
    return cli;
  };
  const ssh = () => `${sshd.user}@127.0.0.1:${sshd.port}`;
  const add = (key = sshd.key) => [
    ...['source', 'add', '--name', 'db', '--url', server.url, '--ssh', ssh(), '--ssh-key', key],
  ];
  const env = () => ({ PGPASSWORD: server.password });

  test('an unknown server is refused with its fingerprint, accepted by it, tested, exported and imported', async () => {
    const cli = fresh();
    const unknown = errorOf(await cli.json(add(), { env: env() }));
    expect(unknown).toMatchObject({
      ...{ exit: 4, code: 'HOST_KEY_UNKNOWN' },
      details: { fingerprint: sshd.fingerprint, keyType: 'ssh-ed25519' },
    });
    expect((await cli.json(['source', 'list'])).lines).toEqual([{ sources: [] }]);
    must(await cli.run([...add(), '--accept-host-key', sshd.fingerprint], { env: env() }));
    const [tested] = (await cli.json(['source', 'test', 'db'], { env: env() })).lines;
    expect(tested).toMatchObject({ connected: true, database: 'test' });
    const [listed] = (await cli.json(['source', 'objects', 'db'], { env: env() })).lines;
    expect(listed).toMatchObject({ objects: [{ name: 'large' }, { name: 'small' }] });

    const file = join(cli.home, 'team.json');
    must(await cli.run(['workspace', 'export', file]));
    const exported = JSON.parse(readFileSync(file, 'utf8'));
    expect(exported.sources).toMatchObject([
      {
        tunnel: {
          host: '127.0.0.1',
          port: sshd.port,
          user: sshd.user,
          auth: { type: 'key', path: sshd.key },
        },
      },
    ]);
    const other = fresh();
    const imported = must(await other.run(['workspace', 'import', file, '--yes']));
    expect(imported.stdout).toContain(`through ${ssh()}`);
    expect(imported.stdout).toContain(`the key ${sshd.key}, which has to be here, too`);
    // whom the other one has accepted is nothing to this one
    const here = errorOf(await other.json(['source', 'test', 'db'], { env: env() }));
    expect(here.code).toBe('HOST_KEY_UNKNOWN');
    must(await other.run(['source', 'test', 'db', '--accept-host-key', sshd.fingerprint], { env: env() }));
    must(await other.run(['source', 'objects', 'db'], { env: env() }));
  });

  test('a changed host key stops everything, whatever is accepted', async () => {
    const cli = fresh({ known: true });
    must(await cli.run(add(), { env: env() }));
    const key = readFileSync(`${sshd.key}.pub`, 'utf8').split(' ').slice(0, 2).join(' ');
    writeFileSync(join(cli.home, '.ssh', 'known_hosts'), `[127.0.0.1]:${sshd.port} ${key}\n`);
    for (const args of [[], ['--accept-host-key', sshd.fingerprint]]) {
      const error = errorOf(await cli.json(['source', 'test', 'db', ...args], { env: env() }));
      expect(error).toMatchObject({ exit: 4, code: 'HOST_KEY_REFUSED' });
      expect(error.message).toContain('Somebody may be listening in between');
    }
  });

  test.each<[string, string[], RegExp]>([
    ['a key without a server', ['--ssh-key', 'k'], /--ssh does not name it/],
    ['a server without a user', ['--ssh', 'bastion'], /user@host/],
    ['a password in it', ['--ssh', 'u:hunter2@bastion'], /holds a password/],
    ['a key and a password', ['--ssh', 'u@b', '--ssh-key', 'k', '--ssh-password'], /exclude each other/],
    ['a port that is none', ['--ssh', 'u@b:99999'], /65535/],
    ['a fingerprint that is none', ['--ssh', 'u@b', '--accept-host-key', 'yes'], /SHA256:/],
    ['a secret that nobody needs', ['--ssh', 'u@b', '--ssh-secret-stdin'], /needs none/],
  ])('wrong usage: %s', async (_, args, words) => {
    const cli = fresh();
    const result = await cli.json(['source', 'add', '--name', 'x', '--url', 'postgres://h/d', ...args], {
      stdin: 'hunter2\n',
    });
    const error = errorOf(result);
    expect(error.exit).toBe(2);
    expect(`${error.message} ${error.fix}`).toMatch(words);
    expect(result.stdout).not.toContain('hunter2');
  });

  test('a file is not behind an SSH server', async () => {
    const cli = fresh();
    const args = ['source', 'add', '--name', 'x', '--url', 'sqlite:x.db', '--ssh', 'u@b'];
    expect(errorOf(await cli.json(args)).message).toBe('A file is not reached through an SSH server');
  });

  test('broken off in the middle of a load: interrupted, nothing visible; resumed, every row once', {
    timeout: 180_000,
  }, async () => {
    const cli = fresh({ known: true });
    await using aws = await startCliAws(cli);
    const both = { ...aws.env, ...env() };
    must(await cli.run(add(), { env: both }));
    const where = [
      '--source',
      'db',
      '--destination',
      'lake',
      '--destination-prefix',
      'x',
      '--object',
      'large',
    ];
    must(await cli.run(['pipeline', 'add', '--name', 'daily', ...where], { env: both }));
    const held = gate('UploadPart');
    aws.intercept = held.intercept;
    const running = cli.start(['load', 'daily', '--json'], { env: both, stdin: '' });
    await Promise.race([held.reached, running.ended]);
    sshd.killSessions();
    aws.intercept = undefined;
    held.open();
    const ended = await running.ended;
    const end = endLine.parse(parseLines(ended.stdout).at(-1));
    expect(end).toMatchObject({ state: 'interrupted', error: { code: 'SOURCE_LOST' } });
    expect(JSON.stringify(end)).toContain('the SSH connection through the SSH server');
    expect(await aws.keys()).toEqual([]);

    const { jobs } = await cli.document(jobsDocument, ['jobs']);
    const resumed = must(await cli.run(['load', '--resume', jobs[0]?.jobId ?? '', '--json'], { env: both }));
    const [object] = endLine.parse(parseLines(resumed.stdout).at(-1)).objects;
    expect(object).toMatchObject({ object: 'public.large', state: 'completed', rows });
    const read = (await Promise.all((object?.files ?? []).map(({ key }) => aws.csv(key)))).flatMap((file) =>
      file.slice(1).map(([i]) => Number(i)),
    );
    expect(read.sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, at) => at + 1));
    expect(aws.uploads()).toEqual([]);
  });

  test('cancelled while the database works: over within a second and a half, nothing visible', async () => {
    await server.query('CREATE VIEW slow AS SELECT pg_sleep(60)::text AS a');
    onTestFinished(async () => {
      await server.query('DROP VIEW slow');
    });
    const cli = fresh({ known: true });
    await using aws = await startCliAws(cli);
    const both = { ...aws.env, ...env() };
    must(await cli.run(add(), { env: both }));
    const where = [
      '--source',
      'db',
      '--destination',
      'lake',
      '--destination-prefix',
      'x',
      '--object',
      'slow',
    ];
    must(await cli.run(['pipeline', 'add', '--name', 'daily', ...where], { env: both }));
    const running = cli.start(['load', 'daily', '--json'], { env: both, stdin: '' });
    const active = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY%slow%' AND state = 'active'";
    await expect.poll(() => server.query(active), { timeout: 20_000 }).toHaveLength(1);
    const from = Date.now();
    running.child.kill('SIGINT');
    const { code } = await running.ended;
    expect(code).toBe(130);
    expect(Date.now() - from).toBeLessThan(1500);
    expect(await server.query(active)).toEqual([]);
    expect(await aws.keys()).toEqual([]);
  });

  describe.skipIf(missingForKeyring !== '')(`secrets: needs ${missingForKeyring || 'a keyring'}`, () => {
    test('password and passphrase from standard input to the keychain, to the load, and nowhere else', {
      timeout: 180_000,
    }, async () => {
      const cli = fresh({ known: true });
      await using aws = await startCliAws(cli);
      // What every process of this test is called with, as anybody on this computer can read it.
      const seen = new Set<string>();
      const watch = setInterval(() => {
        for (const name of readdirSync('/proc').filter((text) => /^\d+$/.test(text))) {
          try {
            seen.add(readFileSync(`/proc/${name}/cmdline`, 'latin1'));
          } catch {
            // ended meanwhile
          }
        }
      }, 50);
      onTestFinished(() => clearInterval(watch));
      const script = `printf '%s\\n%s\\n' "$SECRET" "$PASSPHRASE" |
          "$0" "$1" source add --name db --url '${server.url}' --ssh ${ssh()} --ssh-key ${sshd.lockedKey} \
          --password-stdin --ssh-secret-stdin &&
        "$0" "$1" pipeline add --name daily --source db --destination lake --destination-prefix x --object small &&
        "$0" "$1" load daily --json && "$0" "$1" workspace export team.json &&
        "$0" "$1" workspace import team.json --yes &&
        printf '%s\\n' "$PASSPHRASE" | "$0" "$1" source password db --ssh --password-stdin &&
        "$0" "$1" source test db && "$0" "$1" pipeline remove daily && "$0" "$1" source remove db`;
      const [program = '', ...args] = keyringShell(cli.home, 'unlocked', ['sh', '-c', script, ...sluice]);
      const { code, stdout, stderr } = await cli.spawn(program, args, {
        stdin: '',
        env: { ...aws.env, SECRET: server.password, PASSPHRASE: sshd.passphrase },
      }).ended;
      expect({ code, stderr: stderr.replaceAll(/^dbus-daemon.*\n/gm, '') }).toMatchObject({ code: 0 });
      expect(stdout).toContain('"state":"completed"');
      expect(await aws.keys()).not.toEqual([]);
      const kept = everything(cli.dataDir) + readFileSync(join(cli.home, 'team.json'), 'utf8');
      expect(kept).toContain(sshd.lockedKey);
      for (const secret of [server.password, sshd.passphrase]) {
        expect(kept).not.toContain(secret);
        expect(stdout + stderr).not.toContain(secret);
        expect([...seen].join('\n')).not.toContain(secret);
      }
      expect([...seen].join('\n')).toContain('job-process');
      expect(kept).not.toContain('PRIVATE KEY');
    });

    test.skipIf(!hasTerminal)(
      'at a terminal, the server, the passphrase and the password are asked for: needs script (util-linux)',
      async () => {
        const cli = fresh();
        const running = typed(cli, keyringShell(cli.home, 'unlocked', [...sluice, ...add(sshd.lockedKey)]));
        await running.said(/Passphrase of /);
        running.child.stdin.write(`${sshd.passphrase}\r`);
        await running.said(/yes\/no/);
        running.child.stdin.write('yes\r');
        await running.said(/Password:/);
        running.child.stdin.write(`${server.password}\r`);
        const { code, stdout } = await running.ended;
        expect(stdout).toContain('saved the source "db"');
        expect(code).toBe(0);
        expect(stdout).toContain(sshd.fingerprint);
        expect(stdout).not.toContain(sshd.passphrase);
        expect(stdout).not.toContain(server.password);
      },
    );
  });
});
