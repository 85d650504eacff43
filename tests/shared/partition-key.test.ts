import { describe, expect, it } from 'vitest';
import type { WallClock } from '../../src/shared/clock.ts';
import { SluiceError } from '../../src/shared/errors.ts';
import {
  canonicalJobId,
  parameterNames,
  parsePartitionKey,
  printPartitionKey,
  renderPartitionKey,
} from '../../src/shared/partition-key.ts';

const clock: WallClock = { year: '2024', month: '11', day: '27', hour: '09' };
const jobId = 'd12d74f4-d647-4929-a5a6-d329afd916f4';
const render = (text: string): string => renderPartitionKey(parsePartitionKey(text), clock, jobId);

function errorOf(text: string): SluiceError {
  try {
    parsePartitionKey(text);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('rendering', () => {
  it.each([
    ['${YEAR}', 'year=2024'],
    ['${MONTH}', 'month=11'],
    ['${DAY}', 'day=27'],
    ['${DATE}', 'date=2024-11-27'],
    ['${HOUR}', 'hour=09'],
    ['${JOB_ID}', `job_id=${jobId}`],
    ['${YEAR}/${MONTH}/${DAY}/${JOB_ID}', `year=2024/month=11/day=27/job_id=${jobId}`],
    ['v1/${DATE}/raw', 'v1/date=2024-11-27/raw'],
    ['a${YEAR}b${YEAR}c', 'ayear=2024byear=2024c'],
    ['cost $5/${YEAR}', 'cost $5/year=2024'],
    ['$${YEAR}', '$year=2024'],
    ['/${YEAR}/', 'year=2024'],
    ['///${YEAR}//', 'year=2024'],
    ['Übersicht/${YEAR}', 'Übersicht/year=2024'],
    ['...${YEAR}', '...year=2024'],
  ])('%s', (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  it('knows each parameter by its own name only', () => {
    for (const name of parameterNames) {
      expect(render(`\${${name}}`).startsWith(`${name.toLowerCase()}=`)).toBe(true);
    }
  });

  it('writes the job id in lower case and refuses what is no UUID', () => {
    expect(renderPartitionKey(parsePartitionKey('${JOB_ID}'), clock, jobId.toUpperCase())).toBe(
      `job_id=${jobId}`,
    );
    for (const wrong of ['', '1', 'a/b', `${jobId}0`, ` ${jobId}`, `${jobId}\n`, '${YEAR}']) {
      expect(() => canonicalJobId(wrong)).toThrow(SluiceError);
    }
  });
});

describe('print', () => {
  it.each(['${YEAR}', '/a/${YEAR}${DAY}/$/b//', '${JOB_ID}', '$$${HOUR}$'])('gives back %s', (text) => {
    expect(printPartitionKey(parsePartitionKey(text))).toBe(text);
  });
});

describe('what is refused', () => {
  it.each([
    // template, position, length, nearest, words
    ['${YAER}', 0, 7, 'YEAR', 'There is no parameter ${YAER} (at character 1); did you mean ${YEAR}?'],
    ['a/${MONHT}/b', 2, 8, 'MONTH', 'did you mean ${MONTH}?'],
    ['${year}', 0, 7, 'YEAR', 'capitals'],
    ['${ YEAR }', 0, 9, 'YEAR', 'without spaces'],
    ['${JOBID}', 0, 8, 'JOB_ID', 'did you mean ${JOB_ID}?'],
    ['${JOB}', 0, 6, 'JOB_ID', 'did you mean ${JOB_ID}?'],
    ['${DAT}', 0, 6, 'DAY', 'did you mean'],
    ['${DAY_OF_MONTH}', 0, 15, 'DAY', 'did you mean ${DAY}?'],
    ['${CUSTOMER}', 0, 11, null, 'There is no parameter ${CUSTOMER} (at character 1)'],
    ['${A}', 0, 4, null, 'There is no parameter'],
    ['${A\u001b[2J}', 0, 8, null, '${A\ufffd[2J}'],
    ['${}', 0, 3, null, 'has no name'],
    ['x${YEAR', 1, 6, 'YEAR', 'is not closed'],
    ['${YEAR/${MONTH}', 0, 6, 'YEAR', 'is not closed'],
    ['${YEAR${MONTH}', 0, 6, 'YEAR', 'is not closed'],
    ['${', 0, 2, null, 'is not closed'],
    ['${${YEAR}}', 0, 2, null, 'is not closed'],
    ['', 0, 0, null, 'holds no parameter'],
    ['daily/raw', 0, 9, null, 'holds no parameter'],
    ['$YEAR', 0, 5, 'YEAR', 'did you mean ${YEAR}?'],
    ['${YEAR}}', 7, 1, null, 'The character "}" at character 8'],
    ['{MONTH}/${YEAR}', 0, 1, 'MONTH', 'The character "{"'],
    ['${YEAR}//${DAY}', 7, 2, null, 'folder without a name'],
    ['//${YEAR}///x//', 9, 3, null, 'folder without a name'],
    ['${YEAR}/../x', 8, 2, null, 'must not be named ".."'],
    ['./${YEAR}', 0, 1, null, 'must not be named "."'],
    ['${YEAR}/.', 8, 1, null, 'must not be named "."'],
    ['${YEAR}\n', 7, 1, null, 'U+000A'],
    ['a\\${YEAR}', 1, 1, null, '"\\"'],
    ['"${YEAR}"', 0, 1, null, `The character '"'`],
    ['😀\ud800${YEAR}', 2, 1, null, 'U+D800'],
    ['${YEAR}\ufffe', 7, 1, null, 'U+FFFE'],
  ])('%j', (text, position, length, nearest, words) => {
    const error = errorOf(text);
    expect(error.code).toBe('PARTITION_KEY_INVALID');
    expect(error.details).toEqual({ position, length, nearest });
    expect(error.message).toContain(words);
  });

  it.each([...'{}^%`[]"<>~#|\\\0\u007f\u0085'])('the character %j', (character) => {
    expect(errorOf(`${character}\${YEAR}`).details.position).toBe(0);
  });
});
