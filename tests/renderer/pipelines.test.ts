/** The pure parts of the pipeline form: edits of the partition key, and the live preview. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correctParameter, insertParameter } from '../../src/renderer/pages/pipelines/key-edit.ts';
import { place, render, type Saved } from '../../src/renderer/pages/pipelines/live-preview.ts';
import { renderPath } from '../../src/shared/directory-path.ts';
import { SluiceError } from '../../src/shared/errors.ts';
import type { Destination, ObjectName, Source } from '../../src/shared/model.ts';
import { parameterNames, parsePartitionKey } from '../../src/shared/partition-key.ts';

const problemOf = (text: string): SluiceError => {
  try {
    parsePartitionKey(text);
  } catch (error) {
    if (error instanceof SluiceError) return error;
  }
  throw new Error(`${text} parses`);
};

describe('a parameter is inserted', () => {
  test.each([
    ['an empty field', '', 0, 0, '${DAY}'],
    ['behind another one, with a slash', '${YEAR}', 7, 7, '${YEAR}/${DAY}'],
    ['before another one, with a slash', '${YEAR}', 0, 0, '${DAY}/${YEAR}'],
    ['inside another one: behind it', '${YEAR}/x', 3, 3, '${YEAR}/${DAY}/x'],
    ['between text', 'ab', 1, 1, 'a${DAY}b'],
    ['in place of a selection', 'a/old/b', 2, 5, 'a/${DAY}/b'],
    ['in place of everything', '${YEAR}', 0, 7, '${DAY}'],
  ])('into %s', (_, text, from, to, expected) => {
    expect(insertParameter(text, from, to, 'DAY').text).toBe(expected);
  });

  test('anywhere in a key that parses, and it parses still, with the caret behind it', () => {
    const piece = fc.oneof(fc.constantFrom(...parameterNames.map((name) => `\${${name}}`)), fc.constant('x'));
    const key = fc
      .array(piece, { minLength: 1, maxLength: 5 })
      .map((pieces) => ['${DATE}', ...pieces].join('/'));
    fc.assert(
      fc.property(key, fc.nat(), fc.constantFrom(...parameterNames), (text, at, name) => {
        const caret = at % (text.length + 1);
        const edited = insertParameter(text, caret, caret, name);
        expect(parsePartitionKey(edited.text)).toHaveLength(
          edited.text.split(/(\$\{\w+\})/).filter(Boolean).length,
        );
        expect(edited.text.slice(0, edited.caret).endsWith(`\${${name}}`)).toBe(true);
      }),
    );
  });
});

test.each([
  ['a/${MONHT}/b', 'a/${MONTH}/b'],
  ['${year}', '${YEAR}'],
  ['${YEAR/x', '${YEAR}/x'],
  ['x/{DAY}/y', 'x/${DAY}/y'],
  ['x/$HOUR/y', 'x/${HOUR}/y'],
])('%s is corrected to %s', (text, expected) => {
  const { position, length, nearest } = problemOf(text).details;
  const corrected = correctParameter(text, Number(position), Number(length), String(nearest));
  expect(corrected.text).toBe(expected);
  expect(() => parsePartitionKey(corrected.text)).not.toThrow();
});

const source: Source = { kind: 'sqlite', name: 's', database: 'db/1', path: '/s' };
const destination: Destination = {
  name: 'd',
  access: { type: 'keys', accessKeyId: 'A'.repeat(20) },
  bucket: 'bucket',
  region: 'eu-west-1',
  pathPrefix: 'in',
  pathStyle: false,
  state: 'tested',
  testedAt: null,
};
const saved: Saved = { pipelines: [], sources: [source], destinations: [destination] };
const moment = { at: new Date('2024-11-27T20:15:00Z'), jobId: 'd12d74f4-d647-4929-a5a6-d329afd916f4' };
const key = { partitionKey: '${DATE}/${HOUR}', timeZone: 'Asia/Tokyo' };

describe('the live preview', () => {
  test('is what the rule says of every object, and names the longest and the changed', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 12, unit: 'binary' })
      .filter((text) => !/\p{Cs}/u.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), (names) => {
        const objects = names.map((text): ObjectName => ({ schema: null, name: text }));
        const pipeline = { destinationPrefix: 'p', objects };
        const shown = render(place(pipeline, source, destination, saved), key, moment);
        const ruled = names.map((object) =>
          renderPath({
            ...{ pathPrefix: 'in', destinationPrefix: 'p', database: 'db/1', schema: null, object },
            ...key,
            ...moment,
          }),
        );
        expect(shown?.all.map((directory) => directory().path)).toEqual(ruled.map(({ path }) => path));
        expect(shown?.longest.keyBytes).toBe(Math.max(...ruled.map(({ keyBytes }) => keyBytes)));
        const changed = new Set(
          ruled.flatMap(({ sanitised }) => sanitised).map((item) => JSON.stringify(item)),
        );
        expect(new Set(shown?.changes.map((item) => JSON.stringify(item)))).toEqual(changed);
      }),
    );
  });

  test('shows the path in UTC beside that of another time zone', () => {
    const pipeline = { destinationPrefix: '', objects: [{ schema: null, name: 't' }] };
    const first = render(place(pipeline, source, destination, saved), key, moment)?.first;
    expect(first?.path).toBe('in/db_1_t/date=2024-11-28/hour=05/');
    expect(first?.pathUtc).toBe('in/db_1_t/date=2024-11-27/hour=20/');
  });

  test('names both sides of a collision with another pipeline on the same bucket, and only there', () => {
    const other = {
      name: 'other',
      source: 's',
      destination: 'd',
      destinationPrefix: '',
      ...key,
      objects: [{ schema: null, name: 'a_t' }],
    };
    const pipeline = { destinationPrefix: '', objects: [{ schema: 'a', name: 't' }] };
    const among = { ...saved, pipelines: [other] };
    expect(place(pipeline, source, destination, among).collisions).toEqual([
      { path: 'in/db_1_a_t/', objects: ['a.t', 'other: a_t'] },
    ]);
    const elsewhere = { ...destination, bucket: 'another' };
    expect(place(pipeline, source, elsewhere, among).collisions).toEqual([]);
  });
});
