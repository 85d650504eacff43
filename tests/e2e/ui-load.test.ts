/** Pipelines, loads and their history in the window, from the form to the files in the bucket. */
import { readFileSync, renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { receiptSchema } from '../../src/shared/model.ts';
import { jobsDocument } from '../cli/documents.ts';
import { type Installation, install } from '../support/cli.ts';
import { type CliAws, must, startCliAws } from '../support/cli-aws.ts';
import { hasChromium, openTheatre, type TestWindow, type Theatre } from '../support/window.ts';

/** As many as a large warehouse has. */
const manyTables = 5000;

let cli: Installation;
let aws: CliAws;
let theatre: Theatre;
let window: TestWindow;
let page: Page;

const path = (name: string): string => join(cli.home, `${name}.sqlite`);

async function source(name: string, sql: string): Promise<void> {
  const database = new DatabaseSync(path(name));
  database.exec(`BEGIN; ${sql}; COMMIT`);
  database.close();
  must(await cli.run(['source', 'add', '--name', name, '--url', `sqlite:${path(name)}`]));
}

async function pipeline(name: string, from: string, key: string, objects: readonly string[]): Promise<void> {
  const ends = ['--source', from, '--destination', 'lake', '--destination-prefix', name];
  const wanted = objects.flatMap((object) => ['--object', object]);
  must(await cli.run(['pipeline', 'add', '--name', name, ...ends, '--partition-key', key, ...wanted]));
}

/** Opens a page of the app anew, whatever stands there now. */
async function visit(address: string): Promise<void> {
  const same = page.url().endsWith(`#${address}`);
  await window.go(address);
  if (same) await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** Seconds of the processor that the page uses meanwhile: other work of the machine does not count. */
async function scriptSeconds(act: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const look = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? Number.NaN;
  };
  const before = await look();
  await act();
  const used = (await look()) - before;
  await session.detach();
  return used;
}

/** Waits for the end of the load whose page is open. */
const ended = (state: string) =>
  page.getByText(state, { exact: true }).filter({ visible: true }).first().waitFor();

/** Every load finds something new: the same content a second time is refused. */
function change(): void {
  for (const [source, statements] of [
    ['shop', 'UPDATE customers SET id = id + 2; UPDATE orders SET total = total + 1'],
    ['odd', 'UPDATE fine SET a = a + 1'],
  ]) {
    const database = new DatabaseSync(path(source ?? ''), { timeout: 5_000 });
    database.exec(statements ?? '');
    database.close();
  }
}

/** Starts a load from the page of its pipeline; the page of the job is open then. */
async function load(name: string): Promise<void> {
  change();
  await visit(`/pipelines/named/${name}`);
  await page.getByRole('button', { name: `Load: ${name}` }).click();
  await page.getByRole('heading', { name: `Load of ${name}` }).waitFor();
}

/** What only a screen reader gets to know does not count. */
const seen = (text: string | RegExp) => page.getByText(text).filter({ visible: true }).first().waitFor();

/** Holds back every request that writes a file, so that a load is under way for as long as the test likes. */
function holdWrites(): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  onTestFinished(() => resolve(undefined));
  aws.intercept = ({ operation }) =>
    operation === 'PutObject' || operation === 'UploadPart' ? promise : undefined;
  return () => resolve(undefined);
}

describe.skipIf(!hasChromium)('the window loads: needs chromium', () => {
  beforeAll(async () => {
    cli = install();
    [aws, theatre] = await Promise.all([startCliAws(cli), openTheatre()]);
    await source(
      'shop',
      `CREATE TABLE customers AS SELECT 1 AS id, 'Anna' AS name UNION ALL SELECT 2, NULL;
       CREATE TABLE orders AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
         SELECT i AS id, i * 7 AS total FROM n`,
    );
    await source(
      'odd',
      `CREATE TABLE "orders/2024" (a, b); CREATE TABLE orders_2024 (a, b); CREATE TABLE "a#b" (a, b);
       CREATE TABLE broken AS SELECT CAST(X'ff41' AS TEXT) AS t, 1 AS u; CREATE TABLE fine AS SELECT 1 AS a, 2 AS b`,
    );
    // More than a part of 8 MiB when compressed.
    await source(
      'large',
      `CREATE TABLE readings AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
         SELECT i AS id, hex(randomblob(40)) AS token FROM n`,
    );
    const names = Array.from({ length: manyTables }, (_, at) => `CREATE TABLE t_${at + 1} (a, b)`);
    await source('many', names.join(';'));
    await pipeline('daily', 'shop', '${DATE}', ['customers', 'orders']);
    await pipeline('apart', 'shop', '${DATE}/${JOB_ID}', ['customers', 'orders']);
    await pipeline('large', 'large', '${JOB_ID}', ['readings']);
    await pipeline('mixed', 'odd', '${JOB_ID}', ['broken', 'fine']);
    window = await theatre.open(cli, { env: aws.env });
    page = window.page;
    page.setDefaultTimeout(30_000);
  });
  beforeEach(() => {
    aws.intercept = undefined;
    const before = window.complaints().length;
    return () => expect(window.complaints().slice(before)).toEqual([]);
  });
  afterAll(async () => {
    await window[Symbol.asyncDispose]();
    await theatre[Symbol.asyncDispose]();
    await aws[Symbol.asyncDispose]();
    cli[Symbol.dispose]();
  });

  test('a pipeline is made and loaded with the keyboard alone, and writes where the preview said', async () => {
    const { keyboard } = page;
    const tabTo = async (name: string | RegExp): Promise<void> => {
      for (let presses = 0; presses < 60; presses += 1) {
        const focused = page.locator('*:focus');
        const label = (await focused.getAttribute('aria-label')) ?? (await focused.textContent()) ?? '';
        if (typeof name === 'string' ? label.trim() === name : name.test(label)) return;
        await keyboard.press('Tab');
      }
      throw new Error(`Tab does not reach ${name}`);
    };
    await visit('/pipelines');
    await tabTo('New pipeline');
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'New pipeline' }).waitFor();
    // The first field has the caret.
    await page.locator('input:focus').waitFor();
    await keyboard.type('by keyboard');
    await tabTo(/Choose a source/);
    await keyboard.press('Enter');
    await page.getByRole('option', { name: /^shop/ }).waitFor();
    await keyboard.type('shop');
    await keyboard.press('Enter');
    await seen('customers');
    await tabTo('Choose all');
    await keyboard.press('Enter');
    await page.getByLabel('Destination prefix').focus();
    await keyboard.type('keys');
    await seen('All 2 directories');
    const shown = await page
      .getByText(/^landing\/keys_shop_customers\//)
      .first()
      .textContent();
    await page.getByLabel('Name', { exact: true }).focus();
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'by keyboard' }).waitFor();
    await tabTo('Load: by keyboard');
    await keyboard.press('Enter');
    await ended('Completed');
    const jobId = page.url().split('/').at(-1) ?? '';
    const expected = (shown ?? '').replace(/job_id=[^/]*/, `job_id=${jobId}`);
    const file = `${expected}part-00001-${jobId.slice(0, 8)}.csv.gz`;
    expect(await aws.keys()).toContain(file);
    await page.getByRole('button', { name: `Copy the key ${file}` }).waitFor();
  });

  test('a mistyped partition key is marked at its place and corrected by one press', async () => {
    await visit('/pipelines/new');
    const field = page.getByLabel('Partition key');
    await field.fill('raw/${MONHT}/x');
    await seen('There is no parameter ${MONHT} (at character 5); did you mean ${MONTH}?');
    expect(await page.locator('mark').textContent()).toBe('${MONHT}');
    await page.getByRole('button', { name: 'Use ${MONTH}' }).click();
    expect(await field.inputValue()).toBe('raw/${MONTH}/x');
    // The caret stands behind the correction: the next parameter goes there, with a slash between.
    await page.getByRole('button', { name: /^Insert HOUR/ }).click();
    expect(await field.inputValue()).toBe('raw/${MONTH}/${HOUR}/x');
  });

  test('changed names, shared directories and keys that are too long are shown while typing', async () => {
    await visit('/pipelines/new');
    await page.getByRole('button', { name: /Choose a source/ }).click();
    await page.getByRole('option', { name: /^odd/ }).click();
    await page.getByRole('button', { name: 'Choose all' }).click();
    await seen('Two objects would write to one directory');
    await seen(/orders\/2024 and orders_2024 would both write to/);
    await seen(/The object orders\/2024 becomes orders_2024: a slash would begin another folder/);
    await page.getByRole('checkbox', { name: 'orders/2024' }).click();
    await page.getByText('Two objects would write').waitFor({ state: 'hidden' });
    await page.getByLabel('Destination prefix').fill('ü'.repeat(500));
    await seen(/of 1,024 bytes: S3 does not take a longer key/);
    await page.getByLabel('Destination prefix').fill('ü'.repeat(400));
    await seen(/nearly full/);
    // Another pipeline's directory, by its name.
    await page.getByRole('button', { name: 'Choose none' }).click();
    await page.getByRole('checkbox', { name: 'fine' }).click();
    await page.getByLabel('Destination prefix').fill('mixed');
    await page.getByLabel('Name', { exact: true }).fill('mixed again');
    await seen(/^\d+ of 1,024 bytes/);
    await page.getByRole('button', { name: 'Save pipeline' }).click();
    await page.getByRole('heading', { level: 1, name: 'mixed again' }).waitFor();
  });

  test('a time zone shows its own path and the one in UTC', async () => {
    await visit('/pipelines/new');
    await page.getByRole('button', { name: /Choose a source/ }).click();
    await page.getByRole('option', { name: /^shop/ }).click();
    await page.getByRole('checkbox', { name: 'orders' }).click();
    await page.getByLabel('Partition key').fill('${DATE}/${HOUR}');
    await page.getByRole('button', { name: /^Time zone/ }).click();
    await page.getByLabel('Find a time zone').fill('tokyo');
    await page.getByRole('option', { name: /Asia\/Tokyo/ }).click();
    await seen(/by the clock of Asia\/Tokyo/);
    await seen('In UTC it would be');
    const hours = await page.getByText(/hour=\d\d\/$/).allTextContents();
    const [tokyo, utc] = hours.map((text) => Number(/hour=(\d\d)/.exec(text)?.[1]));
    expect(((tokyo ?? 0) - (utc ?? 0) + 24) % 24).toBe(9);
  });

  test('what is missing is said at its field, and the caret goes to the first', async () => {
    await visit('/pipelines/new');
    await page.getByRole('button', { name: 'Save pipeline' }).click();
    await seen('A name is needed.');
    await seen('Choose a source.');
    expect(await page.locator('*:focus').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Name', { exact: true }).fill('daily');
    await seen('There is a pipeline of this name already. Choose another name.');
  });

  test(`${manyTables} tables are searched, chosen and previewed without waiting`, async () => {
    await visit('/pipelines/new');
    await page.getByRole('button', { name: /Choose a source/ }).click();
    await page.getByRole('option', { name: /^many/ }).click();
    await page.getByRole('button', { name: 'Choose all' }).click();
    await seen('(5,000 of 5,000)');
    const tree = page.getByRole('treegrid', { name: 'Objects' });
    await tree.getByRole('row', { name: /^t_1,/ }).focus();
    await page.keyboard.press('End');
    await page.getByRole('checkbox', { name: 't_999', exact: true }).waitFor();
    // Only what is in sight is on the page.
    expect(await tree.getByRole('row').count()).toBeLessThan(60);
    await page.getByLabel('Find objects by name').fill('t_499');
    // A new search begins at its top.
    await page.getByRole('checkbox', { name: 't_499', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Leave out what was found' }).click();
    await seen('(4,989 of 5,000)');
    const field = page.getByLabel('Partition key');
    await field.focus();
    const used = await scriptSeconds(async () => {
      await page.keyboard.type('/abcdefghi');
      await seen(/\/abcdefghi\/$/);
    });
    // Ten keys take 0.3 s; working out every directory at every key took ten times that.
    expect(used).toBeGreaterThan(0);
    expect(used).toBeLessThan(1.5);
  });

  test('a source that cannot be read says why where its objects would be', async () => {
    renameSync(path('odd'), path('gone'));
    onTestFinished(() => renameSync(path('gone'), path('odd')));
    await visit('/pipelines/new');
    // What was listed before is kept while the page is open.
    await page.reload();
    await page.getByRole('button', { name: /Choose a source/ }).click();
    await page.getByRole('option', { name: /^odd/ }).click();
    await seen('odd cannot be read');
    renameSync(path('gone'), path('odd'));
    await page.getByRole('button', { name: 'Read the list of objects again' }).click();
    await page.getByRole('checkbox', { name: 'fine' }).waitFor();
    renameSync(path('odd'), path('gone'));
  });

  test('a dry run shows what a load would write, and writes nothing', async () => {
    const before = await aws.keys();
    await visit('/pipelines/named/daily');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await seen('Nothing was written');
    await seen(/Reading and compressing would take about .* on this computer/);
    const row = page.getByRole('row', { name: /^orders/ }).first();
    expect(await row.getByRole('cell').allTextContents()).toEqual(
      expect.arrayContaining(['5,000', expect.stringMatching(/^landing\/daily_shop_orders\//)]),
    );
    expect(await aws.keys()).toEqual(before);
  });

  test('a second load into the same directories is asked about; one that is kept apart is not', async () => {
    await load('daily');
    await ended('Completed');
    await visit('/pipelines/named/daily');
    const before = await aws.keys();
    await page.getByRole('button', { name: 'Load: daily' }).click();
    await seen('Load a second copy?');
    await page.keyboard.press('Escape');
    await page.getByText('Load a second copy?').waitFor({ state: 'hidden' });
    expect(await aws.keys()).toEqual(before);
    for (let time = 0; time < 2; time += 1) {
      await load('apart');
      await ended('Completed');
    }
  });

  test('every file is read back and checked; a damaged one is named with its reason', async () => {
    await load('apart');
    await ended('Completed');
    await page.getByRole('button', { name: 'Read back and check' }).click();
    await seen('Every file is as the receipt says');
    const jobId = page.url().split('/').at(-1) ?? '';
    const key = (await aws.keys()).find((name) => name.includes(jobId) && name.includes('orders')) ?? '';
    const { bucket } = await cli.document(receiptSchema, ['jobs', 'show', jobId]);
    const file = aws.sandbox.fileOf(bucket, key) ?? '';
    truncateSync(file, readFileSync(file).length - 1);
    await page.getByRole('button', { name: 'Read back and check' }).click();
    await seen('1 of 2 files is not as the receipt says');
    // The damaged file comes first.
    expect(await page.getByRole('row').filter({ hasText: 'part-00001' }).first().textContent()).toContain(
      key,
    );
  });

  test('the receipt is downloaded as a file', async () => {
    await load('apart');
    await ended('Completed');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download receipt' }).click(),
    ]);
    const receipt = receiptSchema.parse(JSON.parse(readFileSync(await download.path(), 'utf8')));
    expect(download.suggestedFilename()).toBe(`sluice-receipt-${receipt.jobId}.json`);
    expect(receipt).toMatchObject({ pipeline: 'apart', state: 'completed', rows: 5002, files: 2 });
  });

  test('an object that fails is named with the reason and the next step; the others are loaded', async () => {
    await load('mixed');
    await ended('Completed with failures');
    await seen('broken was not loaded');
    await seen(/not valid Unicode/);
    await page.getByRole('row', { name: /^fine.*Completed/ }).waitFor();
  });

  test('a running load is found again after leaving, and is cancelled', async () => {
    holdWrites();
    await load('apart');
    await page.getByRole('row', { name: /^customers.*Running/ }).waitFor();
    const address = new URL(page.url()).hash.slice(1);
    await visit('/pipelines');
    await page.getByRole('row', { name: /apart.*Running/ }).waitFor();
    await visit(address);
    await seen('0 of 2 objects done');
    await page.getByRole('row', { name: /^customers.*Running/ }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    // The requests that S3 does not answer are given up.
    await seen('The load was cancelled.');
    await page.getByRole('row', { name: /^customers.*Cancelled/ }).waitFor();
    await page.getByRole('row', { name: /^orders.*Cancelled/ }).waitFor();
    const jobId = address.split('/').at(-1) ?? '';
    expect((await aws.keys()).filter((key) => key.includes(jobId))).toEqual([]);
  });

  test('a running load says how far it is, what it is at and how fast; the plot is there in words, too', async () => {
    const release = holdWrites();
    await load('large');
    await seen(/^0 of 1 object done; 300,000 of about 300,000 rows\. Sending the rest: 1\.$/);
    await page.getByRole('row', { name: /^readings.*Running.*Sending the rest.*300,000/ }).waitFor();
    const bar = page.getByRole('progressbar');
    // All is read, but nothing is done before it is in the bucket.
    expect(await bar.getAttribute('value')).toBe('99');
    await page.locator('.rate-plot canvas').waitFor();
    await seen(/MB\/s now, .* on average$/);
    await page.getByRole('button', { name: 'The plot as a table' }).click();
    const speeds = page.getByRole('table', { name: 'The speed over time' });
    await speeds
      .getByRole('row', { name: /^\d+ s.*\/s.*\/s.*\/s/ })
      .first()
      .waitFor();
    release();
    await ended('Completed');
    await page.locator('.rate-plot').waitFor({ state: 'detached' });
  });

  test('what a load added is shown and removed after one question; what others changed stays and is named', async () => {
    await load('apart');
    await ended('Completed');
    const jobId = page.url().split('/').at(-1) ?? '';
    const ours = async () => (await aws.keys()).filter((key) => key.includes(jobId));
    const [kept = '', gone = ''] = await ours();
    const { bucket } = await cli.document(receiptSchema, ['jobs', 'show', jobId]);
    truncateSync(aws.sandbox.fileOf(bucket, kept) ?? '', 5);
    const before = await aws.keys();
    await page.getByRole('button', { name: 'Remove its data' }).click();
    const dialog = page.getByRole('dialog');
    for (const key of [kept, gone]) await dialog.getByText(key).waitFor();
    await page.keyboard.press('Escape');
    expect(await aws.keys()).toEqual(before);
    await page.getByRole('button', { name: 'Remove its data' }).click();
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
    await seen('1 file could not be removed');
    await page.getByRole('listitem').filter({ hasText: kept }).waitFor();
    expect(await aws.keys()).toEqual(before.filter((key) => key !== gone));
    await page
      .getByRole('row')
      .filter({ hasText: gone })
      .getByText(/^Removed on/)
      .waitFor();
    await visit('/jobs');
    await page
      .getByRole('row')
      .filter({ has: page.locator(`a[href="#/jobs/${jobId}"]`) })
      .getByText('Its data was removed')
      .waitFor();
  });

  test('uploads that a failed load left are listed and removed, after one question', async () => {
    aws.intercept = ({ operation }) =>
      operation === 'UploadPart' || operation === 'AbortMultipartUpload'
        ? { status: 403, code: 'AccessDenied', message: 'no' }
        : undefined;
    await load('large');
    await ended('Failed');
    const [key = ''] = aws.uploads();
    expect(key).toContain('readings');
    aws.intercept = undefined;
    await visit('/jobs');
    await page.getByRole('link', { name: 'Unfinished uploads' }).click();
    await page.getByRole('row', { name: /readings.*Left by a load that has ended/ }).waitFor();
    await page.getByRole('button', { name: 'Remove abandoned uploads' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await seen('1 upload removed.');
    await seen('No unfinished uploads.');
    expect(aws.uploads()).toEqual([]);
  });

  test('the first page offers to resume or discard what was interrupted', async () => {
    const release = holdWrites();
    await load('apart');
    await page.getByRole('row', { name: /^customers.*Running/ }).waitFor();
    const jobId = page.url().split('/').at(-1) ?? '';
    await window.killAndRestart();
    release();
    await seen('A load was interrupted');
    expect(await window.faults()).toEqual([]);
    await page.getByRole('button', { name: /^Discard: apart,/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: /^Resume: apart,/ }).click();
    await page.getByText('A load was interrupted').waitFor({ state: 'hidden' });
    await visit(`/jobs/${jobId}`);
    await ended('Completed');
    expect((await aws.keys()).filter((key) => key.includes(jobId))).toHaveLength(2);
  });

  test('a load of another process is followed to its end', async () => {
    const release = holdWrites();
    const command = cli.start(['load', 'apart', '--force', '--json'], { env: aws.env });
    await command.said(/"event":"progress"/);
    const { jobs } = await cli.document(jobsDocument, ['jobs']);
    const job = jobs.find(({ state }) => state === 'running')?.jobId;
    await visit('/jobs');
    const link = page.locator(`a[href="#/jobs/${job}"]`);
    await page
      .getByRole('row', { name: /Running.*apart/ })
      .filter({ has: link })
      .waitFor();
    await link.click();
    await seen(/runs in another process/);
    expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
    release();
    await ended('Completed');
    expect((await command.ended).code).toBe(0);
  });

  test('an interrupted load is resumed: every row is there once', async () => {
    const release = holdWrites();
    await load('apart');
    await page.getByRole('row', { name: /^customers.*Running/ }).waitFor();
    const address = new URL(page.url()).hash.slice(1);
    await window.killAndRestart();
    release();
    await visit(address);
    await seen('This load was interrupted');
    await page.getByRole('button', { name: 'Resume' }).click();
    await ended('Completed');
    const keys = (await aws.keys()).filter((key) => key.includes(address.split('/').at(-1) ?? ''));
    expect(keys).toHaveLength(2);
    expect((await aws.csv(keys.find((key) => key.includes('orders')) ?? '')).length).toBe(5001);
  });

  test('an interrupted load is discarded after one question: nothing of it is left', async () => {
    const release = holdWrites();
    await load('apart');
    await page.getByRole('row', { name: /^customers.*Running/ }).waitFor();
    const address = new URL(page.url()).hash.slice(1);
    await window.killAndRestart();
    release();
    await visit(address);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await seen('The interrupted job was discarded.');
    expect((await aws.keys()).filter((key) => key.includes(address.split('/').at(-1) ?? ''))).toEqual([]);
    expect(aws.uploads()).toEqual([]);
  });

  test('the history is filtered by pipeline and state, newest first', async () => {
    await visit('/jobs');
    await page.getByRole('button', { name: /All pipelines/ }).click();
    await page.getByRole('option', { name: 'mixed', exact: true }).click();
    await page.getByRole('row', { name: /apart/ }).first().waitFor({ state: 'hidden' });
    expect(await page.getByRole('row', { name: /Completed with failures.*mixed/ }).count()).toBe(1);
    await page.getByRole('button', { name: /All states/ }).click();
    await page.getByRole('option', { name: 'Cancelled' }).click();
    await seen('No load fits the filter');
    await page.getByRole('button', { name: 'Show all loads' }).click();
    const started = await page
      .getByRole('row')
      .getByRole('link')
      .evaluateAll((links) => links.length);
    expect(started).toBeGreaterThan(5);
  });

  test('a pipeline is removed after one question', async () => {
    await visit('/pipelines/named/mixed%20again');
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await seen('The pipeline "mixed again" is removed.');
    await page.getByRole('row', { name: /mixed again/ }).waitFor({ state: 'hidden' });
  });

  test.each(['light', 'dark'] as const)('axe finds nothing wrong in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const faults: Record<string, string[]> = {};
    const look = async (name: string): Promise<void> => {
      const found = await window.faults();
      if (found.length > 0) faults[name] = found;
    };
    await visit('/pipelines');
    await page.getByRole('row', { name: /daily/ }).waitFor();
    await look('pipelines');
    await visit('/pipelines/new');
    await page.getByRole('button', { name: /Choose a source/ }).click();
    await page.getByRole('option', { name: /^odd/ }).click();
    await page.getByRole('button', { name: 'Choose all' }).click();
    await seen('Two objects would write to one directory');
    await look('form with a collision');
    await page.getByLabel('Partition key').fill('${YER}');
    await page.getByRole('button', { name: 'Save pipeline' }).click();
    await look('form with errors');
    await visit('/pipelines/named/daily');
    await page.getByRole('button', { name: 'Dry run' }).click();
    await seen('Nothing was written');
    await page.getByText('All 2 directories').click();
    await look('pipeline');
    await load('mixed');
    await ended('Completed with failures');
    await page.getByRole('button', { name: 'Read back and check' }).click();
    await seen('Every file is as the receipt says');
    await look('job');
    await visit('/jobs');
    await page.getByRole('row', { name: /mixed/ }).first().waitFor();
    await look('history');
    expect(faults).toEqual({});
  });
});
