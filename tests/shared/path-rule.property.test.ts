/** What must hold of the path rule for any names in all of Unicode, lone surrogates included. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCollisions } from '../../src/shared/collisions.ts';
import {
  maxKeyBytes,
  objectDirectory,
  type PathInput,
  partFileName,
  type RenderedPath,
  renderPath,
} from '../../src/shared/directory-path.ts';
import { SluiceError } from '../../src/shared/errors.ts';
import {
  parameterNames,
  parsePartitionKey,
  printPartitionKey,
  renderPartitionKey,
} from '../../src/shared/partition-key.ts';

const parameter = fc.constantFrom(...parameterNames).map((name) => `\${${name}}`);
/** Any UTF-16 code unit, so lone surrogates and pairs both come up. */
const anyUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 8 })
  .map((units) => String.fromCharCode(...units));
const awkward = fc.constantFrom(
  '/',
  '\\',
  '.',
  '..',
  '_',
  '${',
  '}',
  '${YEAR}',
  '//',
  '\n',
  ' ',
  'é',
  '😀',
  '\ud83d',
);
const anyText = fc
  .array(fc.oneof(anyUnits, awkward, fc.string({ unit: 'binary' })), { maxLength: 5 })
  .map((t) => t.join(''));
const anyName = anyText.filter((text) => text !== '');
const template = fc
  .array(fc.oneof(parameter, fc.constantFrom('/', 'a', '.', '$', ' ', 'é', 'v1'), anyText), { maxLength: 8 })
  .map((pieces) => pieces.join(''));
const mostlyValidTemplate = fc.oneof(
  template,
  fc.array(parameter, { minLength: 1, maxLength: 6 }).map((p) => p.join('/')),
);

const input: fc.Arbitrary<PathInput> = fc.record({
  pathPrefix: fc.oneof(fc.constantFrom('', 'a', 'a/b', '/a/'), anyText),
  destinationPrefix: anyText,
  database: anyText,
  schema: fc.option(anyText),
  object: anyName,
  partitionKey: mostlyValidTemplate,
  at: fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  }),
  timeZone: fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York', 'Pacific/Kiritimati'),
  jobId: fc.uuid(),
});

/** The result, or undefined where the input was refused in the way that the rule names. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof SluiceError && error.code !== 'INTERNAL') return undefined;
    throw error;
  }
}

const folders = (text: string): number => text.split('/').length - 1;
const trimmed = (text: string): string => text.replace(/^[\s/]+|[\s/]+$/g, '');

describe('for any input', () => {
  it('a path has no empty, climbing or foreign folder and fits in a key', () => {
    let rendered = 0;
    fc.assert(
      fc.property(input, (given) => {
        const result: RenderedPath | undefined = attempt(() => renderPath(given));
        if (result === undefined) return;
        rendered += 1;
        const { path, firstKey, keyBytes } = result;
        const segments = path.slice(0, -1).split('/');
        expect(path.endsWith('/')).toBe(true);
        expect(segments.filter((segment) => ['', '.', '..'].includes(segment))).toEqual([]);
        // Folders come from the path prefix and the template only, never from inside a name.
        const prefix = trimmed(given.pathPrefix);
        const expected =
          (prefix === '' ? 0 : folders(prefix) + 1) +
          1 +
          folders(given.partitionKey.replace(/^\/+|\/+$/g, '')) +
          1;
        expect(segments).toHaveLength(expected);
        expect(path.isWellFormed()).toBe(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not be there
        expect(path).not.toMatch(/[\u0000-\u001f\u007f-\u009f\\{}^%`[\]"<>~#|\ufffe\uffff]/);
        expect(firstKey).toBe(path + partFileName(1, given.jobId));
        expect(keyBytes).toBe(Buffer.byteLength(firstKey));
        expect(keyBytes).toBeLessThanOrEqual(maxKeyBytes);
        expect(Buffer.byteLength(path + partFileName(99_999, given.jobId))).toBe(keyBytes);
      }),
      { numRuns: 2000 },
    );
    expect(rendered).toBeGreaterThan(200);
  });

  it('each parameter of the template is expanded, and none that stands in a name', () => {
    const names = fc.record({ pre: parameter, database: parameter, schema: parameter, object: parameter });
    fc.assert(
      fc.property(
        input,
        names,
        fc.array(parameter, { minLength: 1, maxLength: 6 }),
        (given, planted, keys) => {
          const { pre, database, schema, object } = planted;
          const place = { pathPrefix: '', destinationPrefix: pre, database, schema, object };
          const { path } = renderPath({ ...given, ...place, partitionKey: keys.join('/') });
          const [names_ = '', ...rest] = path.slice(0, -1).split('/');
          expect(names_).toBe(
            [pre, database, schema, object].map((name) => name.replace(/[{}]/g, '_')).join('_'),
          );
          const wanted = keys.map((key) => `${key.slice(2, -1).toLowerCase()}=`);
          expect(rest.map((segment) => segment.replace(/=.*/, '='))).toEqual(wanted);
        },
      ),
    );
  });

  it('a name is replaced one for one, and every change is reported', () => {
    fc.assert(
      fc.property(input, (given) => {
        const result = attempt(() => renderPath(given));
        if (result === undefined) return;
        for (const { part, from, to } of result.sanitised) {
          expect(from).not.toBe(to);
          if (part !== 'pathPrefix') expect(to).toHaveLength(from.length);
        }
        const changed = new Map(result.sanitised.map(({ part, to }) => [part, to]));
        const parts = (['destinationPrefix', 'database', 'schema', 'object'] as const)
          .map((part) => changed.get(part) ?? given[part] ?? '')
          .filter((part) => part !== '');
        expect(`/${objectDirectory(given)}`.endsWith(`/${parts.join('_')}/`)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the partition key', () => {
  it('prints what it parsed', () => {
    let parsed = 0;
    fc.assert(
      fc.property(mostlyValidTemplate, (text) => {
        const key = attempt(() => parsePartitionKey(text));
        if (key === undefined) return;
        parsed += 1;
        expect(printPartitionKey(key)).toBe(text);
        expect(parsePartitionKey(printPartitionKey(key))).toEqual(key);
      }),
      { numRuns: 2000 },
    );
    expect(parsed).toBeGreaterThan(200);
  });

  it('errors point into the text', () => {
    fc.assert(
      fc.property(template, (text) => {
        try {
          parsePartitionKey(text);
        } catch (error) {
          if (!(error instanceof SluiceError)) throw error;
          const position = Number(error.details.position);
          expect(error.code).toBe('PARTITION_KEY_INVALID');
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position + Number(error.details.length)).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('renders the same from the same', () => {
    const clock = { year: '2024', month: '02', day: '29', hour: '00' };
    fc.assert(
      fc.property(fc.array(parameter, { minLength: 1 }), fc.uuid(), (keys, jobId) => {
        const key = parsePartitionKey(keys.join('-'));
        expect(renderPartitionKey(key, clock, jobId)).toBe(renderPartitionKey(key, clock, jobId));
      }),
    );
  });
});

describe('two objects', () => {
  /** Few letters and many joints, so that collisions do happen. */
  const tight = fc
    .array(fc.constantFrom('a', '_', '/'), { minLength: 1, maxLength: 3 })
    .map((t) => t.join(''));
  const objects = fc.uniqueArray(fc.record({ schema: fc.option(tight), object: tight }), {
    minLength: 2,
    maxLength: 16,
    selector: JSON.stringify,
  });

  it('never share a directory without a collision that names them', () => {
    let shared = 0;
    fc.assert(
      fc.property(objects, (different) => {
        const entries = different.map((place, index) => ({
          path: objectDirectory({ pathPrefix: 'p', destinationPrefix: 'x', database: 'd', ...place }),
          label: `object ${index}`,
        }));
        const found = findCollisions(entries);
        const byPath = Map.groupBy(entries, (entry) => entry.path);
        const expected = [...byPath].filter(([, group]) => group.length > 1);
        shared += expected.length;
        const order = (one: { path: string }, other: { path: string }): number =>
          one.path < other.path ? -1 : 1;
        expect(found.toSorted(order)).toEqual(
          expected
            .map(([path, group]) => ({ path, objects: group.map((entry) => entry.label) }))
            .toSorted(order),
        );
      }),
      { numRuns: 1000 },
    );
    expect(shared).toBeGreaterThan(50);
  });
});
