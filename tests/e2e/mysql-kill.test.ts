/** A load from MariaDB that is killed in the middle: nothing visible, no query left behind, and every row once after it. */
import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { endLine, jobsDocument } from '../cli/documents.ts';
import { install, parseLines } from '../support/cli.ts';
import { gate, must, startCliAws } from '../support/cli-aws.ts';
import { missingForMariadb, startMariadb } from '../support/mariadb.ts';

/** More than one part of 8 MiB after gzip. */
const rows = 24_000;

test.skipIf(missingForMariadb !== '')(
  `killed and resumed: needs ${missingForMariadb || 'MariaDB'}`,
  { timeout: 300_000 },
  async () => {
    using cli = install();
    await using aws = await startCliAws(cli);
    await using server = await startMariadb();
    await server.query(`CREATE TABLE large (i int PRIMARY KEY, noise varbinary(400));
      INSERT INTO large SELECT seq, RANDOM_BYTES(400) FROM seq_1_to_${rows}`);
    const env = { ...aws.env, MYSQL_PWD: server.password };
    must(await cli.run(['source', 'add', '--name', 'my', '--url', server.url], { env }));
    const where = ['--source', 'my', '--destination', 'lake', '--destination-prefix', 'x', '--all'];
    must(await cli.run(['pipeline', 'add', '--name', 'daily', ...where], { env }));

    const held = gate('UploadPart');
    aws.intercept = held.intercept;
    const running = cli.start(['load', 'daily', '--json'], { env, stdin: '' });
    onTestFinished(() => {
      running.child.kill('SIGKILL');
    });
    await Promise.race([held.reached, running.ended]);
    running.child.kill('SIGKILL');
    await running.ended;
    aws.intercept = undefined;
    held.open();
    expect(await aws.keys()).toEqual([]);
    const sessions = "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'sluice'";
    await expect.poll(() => server.query(sessions), { timeout: 20_000 }).toEqual([]);

    const { jobs } = await cli.document(jobsDocument, ['jobs']);
    expect(jobs[0]?.state).toBe('interrupted');
    // what happens to the database in between is not lost, and not half of it is taken
    await server.query(`DELETE FROM large WHERE i = 1; INSERT INTO large VALUES (${rows + 1}, 'new')`);
    const resumed = must(await cli.run(['load', '--resume', jobs[0]?.jobId ?? '', '--json'], { env }));
    const [object] = endLine.parse(parseLines(resumed.stdout).at(-1)).objects;
    expect(object).toMatchObject({ object: 'large', state: 'completed', rows });
    const [header, ...read] = await aws.csv(object?.files[0]?.key ?? '');
    expect(header).toEqual(['i', 'noise']);
    expect(read.map(([i]) => Number(i))).toEqual(Array.from({ length: rows }, (_, at) => at + 2));
    const [[digest]] = (await server.query(
      "SELECT MD5(GROUP_CONCAT(LOWER(HEX(noise)) ORDER BY i SEPARATOR '')) FROM large WHERE i <= 100",
    )) as [[string]];
    const noise = read.filter(([i]) => Number(i) <= 100).map(([, hex]) => hex?.slice(2));
    expect(createHash('md5').update(noise.join('')).digest('hex')).toBe(digest);
    expect(await aws.keys()).toEqual([object?.files[0]?.key]);
    expect(aws.uploads()).toEqual([]);
  },
);
