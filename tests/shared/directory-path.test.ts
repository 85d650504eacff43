import { describe, expect, it } from 'vitest';
import {
  maxKeyBytes,
  normalisePathPrefix,
  objectDirectory,
  type PathInput,
  partFileName,
  renderPath,
} from '../../src/shared/directory-path.ts';
import { SluiceError } from '../../src/shared/errors.ts';
import { defaultPartitionKey } from '../../src/shared/model.ts';

const example: PathInput = {
  pathPrefix: 's3-dest',
  destinationPrefix: 's3_1',
  database: 'db1',
  schema: 'public',
  object: 'table_1',
  partitionKey: defaultPartitionKey,
  at: new Date('2024-11-27T09:15:00Z'),
  timeZone: 'UTC',
  jobId: 'd12d74f4-d647-4929-a5a6-d329afd916f4',
};
const ending = 'year=2024/month=11/day=27/job_id=d12d74f4-d647-4929-a5a6-d329afd916f4/';

function errorOf(act: () => unknown): SluiceError {
  try {
    act();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the rule', () => {
  it('holds for the example to the letter', () => {
    const rendered = renderPath(example);
    expect(rendered).toEqual({
      path: 's3-dest/s3_1_db1_public_table_1/year=2024/month=11/day=27/job_id=d12d74f4-d647-4929-a5a6-d329afd916f4/',
      firstKey:
        's3-dest/s3_1_db1_public_table_1/year=2024/month=11/day=27/job_id=d12d74f4-d647-4929-a5a6-d329afd916f4/part-00001-d12d74f4.csv.gz',
      keyBytes: 128,
      sanitised: [],
    });
  });

  it.each<[string, Partial<PathInput>, string]>([
    ['no path prefix', { pathPrefix: '' }, 's3_1_db1_public_table_1/'],
    ['a path prefix of folders', { pathPrefix: 'a/b c/d' }, 'a/b c/d/s3_1_db1_public_table_1/'],
    ['slashes around it', { pathPrefix: '//a/b/' }, 'a/b/s3_1_db1_public_table_1/'],
    ['nothing but slashes', { pathPrefix: ' // ' }, 's3_1_db1_public_table_1/'],
    ['no schema', { schema: null }, 's3-dest/s3_1_db1_table_1/'],
    ['an empty schema', { schema: '' }, 's3-dest/s3_1_db1_table_1/'],
    ['no destination prefix', { destinationPrefix: '' }, 's3-dest/db1_public_table_1/'],
    ['no database', { database: '' }, 's3-dest/s3_1_public_table_1/'],
    ['the object alone', { pathPrefix: '', destinationPrefix: '', database: '', schema: null }, 'table_1/'],
    ['letters of any script', { object: 'Größe_表' }, 's3-dest/s3_1_db1_public_Größe_表/'],
    ['emoji with a joiner', { object: '👩‍💻' }, 's3-dest/s3_1_db1_public_👩‍💻/'],
    ['spaces, quotes, dollars', { object: "it's $5 & more" }, "s3-dest/s3_1_db1_public_it's $5 & more/"],
    ['decomposed letters as they are', { object: 'e\u0301' }, 's3-dest/s3_1_db1_public_e\u0301/'],
  ])('%s', (_, change, directory) => {
    const input = { ...example, ...change };
    expect(renderPath(input).path).toBe(directory + ending);
    expect(objectDirectory(input)).toBe(directory);
  });

  it('takes the clock in the zone of the pipeline', () => {
    const at = new Date('2024-12-31T23:30:00Z');
    const input = { ...example, at, partitionKey: '${DATE}/${HOUR}' };
    expect(renderPath(input).path).toContain('/date=2024-12-31/hour=23/');
    expect(renderPath({ ...input, timeZone: 'Europe/Berlin' }).path).toContain('/date=2025-01-01/hour=00/');
  });
});

describe('names', () => {
  it.each([
    ['a/b', 'a_b'],
    ['a\\b', 'a_b'],
    ['../../etc', '.._.._etc'],
    ['${YEAR}', '$_YEAR_'],
    ['tab\there', 'tab_here'],
    ['\u0000\u001f\u007f\u0085', '____'],
    ['{}^%`[]"<>~#|', '_____________'],
    ['x\ud800y\udc00', 'x_y_'],
    ['\ufffe\uffff', '__'],
    ['//', '__'],
  ])('%j becomes %j, and the preview says so', (from, to) => {
    for (const part of ['destinationPrefix', 'database', 'schema', 'object'] as const) {
      const rendered = renderPath({ ...example, [part]: from });
      expect(rendered.sanitised).toEqual([{ part, from, to }]);
      expect(rendered.path).toContain(to);
      expect(rendered.path.split('/')).toHaveLength(7);
    }
  });

  it.each([
    ['.', '_'],
    ['..', '__'],
    ['...', '...'],
    ['a', 'a'],
  ])('a lone object %s never becomes a folder that climbs', (object, folder) => {
    const alone = { pathPrefix: '', destinationPrefix: '', database: '', schema: null, object };
    expect(objectDirectory(alone)).toBe(`${folder}/`);
    expect(objectDirectory({ ...alone, database: 'db' })).toBe(`db_${object}/`);
  });

  it('need an object', () => {
    expect(errorOf(() => renderPath({ ...example, object: '' })).code).toBe('PATH_INVALID');
  });

  it('tells that the path prefix was trimmed', () => {
    expect(renderPath({ ...example, pathPrefix: '/a/' }).sanitised).toEqual([
      { part: 'pathPrefix', from: '/a/', to: 'a' },
    ]);
  });
});

describe('the path prefix', () => {
  it.each([
    ['', ''],
    ['a', 'a'],
    [' /a/b c/ \n', 'a/b c'],
    ['a*?$', 'a*?$'],
    ['.a/..b/c.', '.a/..b/c.'],
  ])('%j is %j', (typed, prefix) => {
    expect(normalisePathPrefix(typed)).toBe(prefix);
  });

  it.each([
    ['a//b', 1, 2, 'folder without a name'],
    [' /a////b', 3, 4, 'folder without a name'],
    ['a/../b', 2, 2, 'named ".."'],
    ['./a', 0, 1, 'named "."'],
    ['/..', 1, 2, 'named ".."'],
    ['a/.', 2, 1, 'named "."'],
    ['a\\b', 1, 1, '"\\"'],
    ['/a\nb', 2, 1, 'U+000A'],
    ['${YEAR}', 1, 1, '"{"'],
    ['a%2Fb', 1, 1, '"%"'],
    ['a\udfff', 1, 1, 'U+DFFF'],
  ])('%j is refused', (typed, position, length, words) => {
    const error = errorOf(() => normalisePathPrefix(typed));
    expect(error.code).toBe('PATH_INVALID');
    expect(error.details).toEqual({ part: 'pathPrefix', position, length });
    expect(error.message).toContain(words);
    expect(errorOf(() => renderPath({ ...example, pathPrefix: typed })).details).toEqual(error.details);
  });
});

describe('the length of a key', () => {
  const bytesWith = (object: string): number => renderPath({ ...example, object }).keyBytes;
  const room = maxKeyBytes - bytesWith('x') + 1;

  it('may be 1,024 bytes and no more', () => {
    expect(bytesWith('x'.repeat(room))).toBe(1024);
    const error = errorOf(() => bytesWith('x'.repeat(room + 1)));
    expect(error.code).toBe('PATH_TOO_LONG');
    expect(error.details).toMatchObject({ keyBytes: 1025, limit: 1024 });
    expect(error.details.path).toMatch(/^s3-dest\/s3_1_db1_public_x+\/year=2024\//);
  });

  it('is counted in bytes of UTF-8, not in characters', () => {
    expect(bytesWith('é')).toBe(bytesWith('x') + 1);
    expect(bytesWith('表')).toBe(bytesWith('x') + 2);
    expect(bytesWith('😀')).toBe(bytesWith('x') + 3);
    expect(errorOf(() => bytesWith('表'.repeat(Math.ceil(room / 3) + 1))).code).toBe('PATH_TOO_LONG');
  });
});

describe('part files', () => {
  it('carry their number and the beginning of the job id', () => {
    expect(partFileName(1, example.jobId)).toBe('part-00001-d12d74f4.csv.gz');
    expect(partFileName(99_999, example.jobId.toUpperCase())).toBe('part-99999-d12d74f4.csv.gz');
  });

  it.each([0, -1, 1.5, Number.NaN, 100_000])('have no number %s', (index) => {
    expect(errorOf(() => partFileName(index, example.jobId)).code).toBe('PATH_INVALID');
  });
});
