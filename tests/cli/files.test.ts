/** Files as a source, from the command line to the bucket. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { errorOf, type Installation, install, parseLines } from '../support/cli.ts';
import { type CliAws, gate, must, startCliAws } from '../support/cli-aws.ts';
import {
  endLine,
  filesDocument,
  jobsDocument,
  previewDocument,
  receiptDocument,
  savedFilesDocument,
  sourcesDocument,
} from './documents.ts';

let cli: Installation;
let aws: CliAws;
let folder: string;
beforeAll(async () => {
  cli = install();
  aws = await startCliAws(cli);
  folder = join(cli.home, 'my exports');
  mkdirSync(folder);
  writeFileSync(join(folder, 'customers.csv'), 'id;name;note\r\n001;Anna;"x ""y"""\r\n002;;""\r\n');
  writeFileSync(join(folder, 'Größe %.tsv.gz'), gzipSync('a\tb\n1\t2\n'));
});
afterAll(async () => {
  await aws[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

const signedIn = () => ({ env: aws.env });

async function pipeline(name: string, source: string): Promise<void> {
  const where = ['--source', source, '--destination', 'lake', '--destination-prefix', name, '--all'];
  must(await cli.run(['pipeline', 'add', '--name', name, ...where]));
}

async function load(...args: string[]) {
  const { lines, ...result } = await cli.json(['load', ...args], signedIn());
  return { ...result, end: endLine.parse(lines.at(-1)) };
}

test('a folder is added, looked at and loaded; every value arrives as it stood in the file', async () => {
  const added = ['source', 'add', '--name', 'exports', '--url', 'file:my exports'];
  const { files, source } = await cli.document(savedFilesDocument, added);
  expect(source).toEqual({ name: 'exports', kind: 'files', database: 'my exports' });
  expect(files.map(({ object, csv }) => [object, csv?.delimiter])).toEqual([
    ['Größe %', '\t'],
    ['customers', ';'],
  ]);
  expect((await cli.document(sourcesDocument, ['source', 'list'])).sources).toEqual([source]);
  expect((await cli.document(filesDocument, ['source', 'preview', 'exports'])).files).toEqual(files);
  const { stdout } = must(await cli.run(['source', 'preview', 'exports']));
  expect(stdout).toMatch(/^customers: CSV, delimiter semicolon, quote ", header, utf-8, empty is NULL$/m);
  expect(stdout).toMatch(/^ {2}001 \| Anna \| x "y"$/m);
});

test('a folder is looked at from the shell, and loaded', async () => {
  const look = must(await cli.run(['source', 'rows', 'exports', 'customers'])).stdout;
  expect(look).toMatch(/^"?001"? +Anna +.*x .*y/m);
  const columns = must(await cli.run(['source', 'columns', 'exports', 'customers'])).stdout;
  expect(columns).toMatch(/^note +text +text as it is$/m);
  await pipeline('exports', 'exports');
  const preview = await cli.document(previewDocument, ['preview', 'exports']);
  expect(preview.objects[1]?.path).toMatch(/^(.*\/)?exports_my exports_customers\//);
  const { code, end } = await load('exports');
  expect({ code, state: end.state }).toEqual({ code: 0, state: 'completed' });
  const customers = end.objects.find(({ object }) => object === 'customers');
  expect(customers?.rows).toBe(2);
  expect(await aws.csv(customers?.files[0]?.key ?? '')).toEqual([
    ['id', 'name', 'note'],
    ['001', 'Anna', 'x "y"'],
    ['002', null, ''],
  ]);
  const receipt = await cli.document(receiptDocument, ['jobs', 'show', end.jobId]);
  expect(receipt.objects[1]?.query).toMatch(/^csv ".*customers\.csv" \{"delimiter":";","quote":"\\"",/);
});

test('options say what cannot be found out, and stay with the source', async () => {
  writeFileSync(join(folder, '..', 'odd.txt'), Buffer.from("1|'a|b'|-\n2|é|'-'\n", 'latin1'));
  const options = [
    '--no-header',
    '--quote',
    "'",
    '--null',
    '-',
    '--encoding',
    'latin-1',
    '--database',
    'mine',
  ];
  const added = ['source', 'add', '--name', 'odd', '--url', 'file:odd.txt', '--delimiter', '|', ...options];
  const { files, source } = await cli.document(savedFilesDocument, added);
  expect(source.database).toBe('mine');
  expect(files[0]?.csv).toEqual({
    ...{ delimiter: '|', quote: "'", escape: "'", header: false, encoding: 'iso-8859-1', nullText: '-' },
  });
  await pipeline('odd', 'odd');
  const { end } = await load('odd');
  expect(await aws.csv(end.objects[0]?.files[0]?.key ?? '')).toEqual([
    ['column1', 'column2', 'column3'],
    ['1', 'a|b', null],
    ['2', 'é', '-'],
  ]);
});

test('wrong options are refused before anything is read', async () => {
  const add = (...args: string[]) => cli.json(['source', 'add', '--name', 'no', ...args]);
  const long = await add('--url', 'file:my exports', '--delimiter', ';;');
  expect(long.code).toBe(2);
  expect(errorOf(long).message).toMatch(/--delimiter: a delimiter is one character/);
  const other = await add('--url', 'sqlite:x', '--no-header');
  expect(errorOf(other)).toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(/another kind/),
  });
  const gone = await add('--url', 'file:gone');
  expect(gone.code).toBe(4);
});

test('a bad row stops the object with file, line and reason, or is set aside, counted and kept', async () => {
  const path = join(cli.home, 'bad.csv');
  writeFileSync(path, 'a,b\n1,2\n3\n4,5,6\n7,8\n');
  must(await cli.run(['source', 'add', '--name', 'strict', '--url', 'file:bad.csv']));
  must(
    await cli.run(['source', 'add', '--name', 'lenient', '--url', 'file:bad.csv', '--bad-rows', 'set-aside']),
  );
  await pipeline('strict', 'strict');
  await pipeline('lenient', 'lenient');
  const keys = await aws.keys();
  const stopped = await load('strict');
  expect(stopped.code).toBe(4);
  expect(stopped.end.error).toMatchObject({
    code: 'ROW_INVALID',
    message: `${path}, line 3: the row cannot be read, because it has 1 field instead of 2`,
  });
  expect(await aws.keys()).toEqual(keys);

  const { end } = await load('lenient');
  expect(end.state).toBe('completed');
  const [object] = end.objects;
  expect(object).toMatchObject({ rows: 2, setAside: { rows: 2 } });
  const report = object?.setAside?.report ?? '';
  expect(report.startsWith(join(cli.dataDir, 'reports', end.jobId))).toBe(true);
  expect(readFileSync(report, 'utf8')).toBe(
    `file,line,reason,row\n${path},3,it has 1 field instead of 2,3\n${path},4,it has 3 fields instead of 2,"4,5,6"\n`,
  );
  if (process.platform !== 'win32') expect(statSync(report).mode & 0o777).toBe(0o600);
  const { jobs } = await cli.document(jobsDocument, ['jobs']);
  expect(jobs[0]).toMatchObject({ jobId: end.jobId, setAside: 2 });
  const receipt = await cli.document(receiptDocument, ['jobs', 'show', end.jobId]);
  expect(receipt.objects[0]?.setAside).toEqual({ rows: 2, report });
  const shown = must(await cli.run(['jobs', 'show', end.jobId])).stdout;
  expect(shown).toContain(`2 rows do not fit and were set aside, not loaded: ${report}`);
  expect(must(await cli.run(['jobs'])).stdout).toMatch(/2 set aside/);
});

test('killed in the middle and resumed, every row is there once', async () => {
  const rows = Array.from({ length: 24_000 }, (_, at) => `${at},${randomBytes(400).toString('hex')}`);
  const path = join(cli.home, 'large.csv');
  // a row that is set aside is there once, too
  writeFileSync(path, `i,noise\n${rows.join('\n')}\nodd\n`);
  must(
    await cli.run(['source', 'add', '--name', 'large', '--url', 'file:large.csv', '--bad-rows', 'set-aside']),
  );
  await pipeline('large', 'large');
  const before = await aws.keys();
  const held = gate('UploadPart');
  aws.intercept = held.intercept;
  const running = cli.start(['load', 'large', '--json'], { ...signedIn(), stdin: '' });
  onTestFinished(() => {
    running.child.kill('SIGKILL');
  });
  await Promise.race([held.reached, running.ended]);
  running.child.kill('SIGKILL');
  await running.ended;
  aws.intercept = undefined;
  held.open();
  expect(await aws.keys()).toEqual(before);
  const { jobs } = await cli.document(jobsDocument, ['jobs']);
  expect(jobs[0]?.state).toBe('interrupted');
  const resumed = must(await cli.run(['load', '--resume', jobs[0]?.jobId ?? '', '--json'], signedIn()));
  const [object] = endLine.parse(parseLines(resumed.stdout).at(-1)).objects;
  expect(object).toMatchObject({ state: 'completed', rows: rows.length, setAside: { rows: 1 } });
  const read = await aws.csv(object?.files[0]?.key ?? '');
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(
    digest(
      read
        .slice(1)
        .map((row) => row.join(','))
        .join('\n'),
    ),
  ).toBe(digest(rows.join('\n')));
  expect(readFileSync(object?.setAside?.report ?? '', 'utf8').split('\n')).toHaveLength(3);
  expect(aws.uploads()).toEqual([]);
});
