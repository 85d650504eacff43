/** `source columns` and `source rows`: what a person and a script get to see before anything is loaded. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf, type Installation, install } from '../support/cli.ts';
import { must } from '../support/cli-aws.ts';
import { columnsDocument, rowsDocument } from './documents.ts';

const secretValue = 'only-for-your-eyes';

describe('source columns and source rows', () => {
  let cli: Installation;
  beforeAll(async () => {
    cli = install();
    const path = join(cli.home, 'shop.sqlite');
    using database = new DatabaseSync(path);
    database.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT UNIQUE, photo BLOB);
      INSERT INTO orders VALUES (1, '${secretValue}', x'00ff'), (2, '', NULL), (3, 'NULL', ''), (4, NULL, x''),
        (5, 'line' || char(10) || 'break' || char(27) || '[2J', 1.5), (6, '${'ä'.repeat(2000)}', 'x');
      CREATE TABLE empty (a);
      CREATE VIEW endless AS
        WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS last FROM n`);
    must(await cli.run(['source', 'add', '--name', 'shop', '--url', `sqlite:${path}`]));
  });
  afterAll(() => cli[Symbol.dispose]());

  test('columns: names, types, keys and what they become', async () => {
    const document = await cli.document(columnsDocument, ['source', 'columns', 'shop', 'orders']);
    expect(document.object).toEqual({ schema: null, name: 'orders' });
    expect(document.columns).toEqual([
      { name: 'id', type: 'INTEGER', nullable: false, key: 'primary', csv: 'value' },
      { name: 'note', type: 'TEXT', nullable: true, key: 'unique', csv: 'value' },
      { name: 'photo', type: 'BLOB', nullable: true, key: null, csv: 'value' },
    ]);
    const { code, stdout, stderr } = await cli.run(['source', 'columns', 'shop', 'orders']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^id +INTEGER +not null +primary key +by the type of each value$/m);
  });

  test('rows: as many as asked for, NULL beside the empty string, long values cut with their length', async () => {
    const all = await cli.document(rowsDocument, ['source', 'rows', 'shop', 'orders']);
    expect(all).toEqual({
      object: { schema: null, name: 'orders' },
      columns: ['id', 'note', 'photo'],
      rows: [
        ['1', secretValue, '\\x00ff'],
        ['2', '', null],
        ['3', 'NULL', ''],
        ['4', null, '\\x'],
        ['5', 'line\nbreak\u001B[2J', '1.5'],
        ['6', { start: 'ä'.repeat(512), bytes: 4000 }, 'x'],
      ],
      more: false,
    });
    const two = await cli.document(rowsDocument, ['source', 'rows', 'shop', 'orders', '--rows', '2']);
    expect(two).toEqual({ ...all, rows: all.rows.slice(0, 2), more: true });
    const empty = await cli.document(rowsDocument, ['source', 'rows', 'shop', 'empty']);
    expect(empty).toMatchObject({ columns: ['a'], rows: [], more: false });
  });

  test('a terminal sees what is NULL, what is empty and what only says so, and is told nothing to obey', async () => {
    const { code, stdout, stderr } = await cli.run(['source', 'rows', 'shop', 'orders']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^2 +"" +NULL$/m);
    expect(stdout).toMatch(/^3 +"NULL" +""$/m);
    expect(stdout).toMatch(/^5 +line\\u\{a\}break\\u\{1b\}\[2J +1\.5$/m);
    expect(stdout).toMatch(/^6 +ä+… \(4,000 bytes\) +x$/m);
    expect(stdout).toContain('All 6 rows of orders.');
    expect(stdout).not.toContain('\u001B');
    expect((await cli.run(['source', 'rows', 'shop', 'empty'])).stdout).toBe('empty has no rows.\n');
  });

  test('wrong names and numbers are refused in plain words', async () => {
    const near = errorOf(await cli.json(['source', 'rows', 'shop', 'order']));
    expect(near).toMatchObject({ exit: 4, code: 'OBJECT_NOT_FOUND', fix: 'Did you mean "orders"?' });
    expect(errorOf(await cli.json(['source', 'columns', 'shpo', 'orders']))).toMatchObject({
      exit: 2,
      code: 'NOT_FOUND',
    });
    for (const rows of ['0', '101', '1.5', '-1', 'x']) {
      const refused = await cli.json(['source', 'rows', 'shop', 'orders', '--rows', rows]);
      expect({ rows, code: refused.code }).toEqual({ rows, code: 2 });
    }
  });

  test('what never ends is stopped by Ctrl-C, and by its time limit', async () => {
    const started = cli.start(['source', 'rows', 'shop', 'endless', '--json']);
    // long enough to be at work in the view, which nothing but the end of its process stops
    setTimeout(() => started.child.kill('SIGINT'), 3000);
    const begun = performance.now();
    expect((await started.ended).code).toBe(130);
    expect(performance.now() - begun).toBeLessThan(9000);
    const late = errorOf(await cli.json(['source', 'rows', 'shop', 'endless']));
    expect(late).toMatchObject({ exit: 4, code: 'SOURCE_SLOW' });
    expect(late.message).toContain('did not show endless within 10 seconds');
  });

  test('nothing of what was seen is left on the disk', () => {
    const files = readdirSync(cli.dataDir, { recursive: true }).map((name) =>
      join(cli.dataDir, String(name)),
    );
    const kept = files.filter((file) => statSync(file).isFile());
    expect(kept.length).toBeGreaterThan(0);
    for (const file of kept) expect(readFileSync(file).includes(secretValue)).toBe(false);
  });
});

describe('pipeline schedule', () => {
  test('prints what each scheduler takes; alone it is nothing but that', async () => {
    using cli = install();
    const path = join(cli.home, 'one.sqlite');
    using database = new DatabaseSync(path);
    database.exec('CREATE TABLE t (a)');
    must(await cli.run(['source', 'add', '--name', 'one', '--url', `sqlite:${path}`]));
    const lake = ['--name', 'lake', '--access', 'role', '--role-arn', 'arn:aws:iam::123456789012:role/r'];
    must(
      await cli.run([
        ...['destination', 'add', ...lake, '--draft'],
        ...['--bucket', 'lake-of-tests', '--region', 'us-east-1'],
      ]),
    );
    const ends = ['--source', 'one', '--destination', 'lake', '--destination-prefix', 'p', '--all'];
    must(await cli.run(['pipeline', 'add', '--name', "Anna's 5%", ...ends]));
    const { lines } = await cli.json(['pipeline', 'schedule', "Anna's 5%", '--at', '06:30']);
    expect(lines).toMatchObject([
      {
        ...{ pipeline: "Anna's 5%", at: '06:30' },
        schedules: [{ scheduler: 'cron' }, { scheduler: 'systemd' }, { scheduler: 'task-scheduler' }],
      },
    ]);
    const { stdout, code } = await cli.run(['pipeline', 'schedule', "Anna's 5%", '--for', 'cron']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0 2 \* \* \* \S+node \S+sluice\.\w+ load --data-dir \S+ 'Anna'\\''s 5\\%'\n$/);
    // what it prints starts this very program on this very data: the load is refused for its draft's bucket, not its name
    const command = stdout
      .trim()
      .replace(/^(\S+ ){5}/, '')
      .replaceAll('\\%', '%');
    const run = spawnSync('/bin/sh', ['-c', `${command} --dry-run`], {
      env: { PATH: '/usr/bin:/bin', HOME: cli.home },
    });
    expect({ status: run.status, stderr: String(run.stderr) }).toEqual({ status: 0, stderr: '' });
    for (const wrong of [
      ['--at', '24:00'],
      ['--at', '6:30'],
      ['--for', 'at'],
    ]) {
      expect((await cli.run(['pipeline', 'schedule', "Anna's 5%", ...wrong])).code).toBe(2);
    }
    expect(errorOf(await cli.json(['pipeline', 'schedule', 'none']))).toMatchObject({
      exit: 2,
      code: 'NOT_FOUND',
    });
  });
});
