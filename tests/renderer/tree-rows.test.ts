/** The tree of a source: what it shows, what a search leaves, and where the keys lead. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  indexOf,
  keyOf,
  moveOf,
  type TreeRow,
  treeOf,
  typedTo,
} from '../../src/renderer/components/objects/tree-rows.ts';
import type { SourceObject } from '../../src/shared/model.ts';

const object = (schema: string | null, name: string, columns: readonly string[] = []): SourceObject => ({
  ...{ schema, name, kind: 'table', estimatedRows: null },
  columns: columns.map((column) => ({ name: column, type: 'int' })),
});

const shop = [
  object('public', 'orders', ['id', 'Total']),
  object('public', 'users', ['id']),
  object('sales', 'orders', []),
];
const none: ReadonlySet<string> = new Set();
const all = { text: '', columns: true };

/** `schema`, `  object`, `    column`. */
const drawn = (rows: readonly TreeRow[]): string[] =>
  rows.map(
    ({ name, level, expanded }) =>
      `${'  '.repeat(level - 1)}${name}${expanded === undefined ? '' : expanded ? ' -' : ' +'}`,
  );

describe('the tree', () => {
  test('has schemas, their objects, and columns below what is open', () => {
    const { rows } = treeOf(indexOf(shop), all, new Set([keyOf({ schema: 'public', name: 'orders' })]));
    expect(drawn(rows)).toEqual([
      'public -',
      '  orders -',
      '    id',
      '    Total',
      '  users +',
      'sales -',
      '  orders',
    ]);
    const place = ({ level, position, siblings }: TreeRow) => `${level}: ${position} of ${siblings}`;
    expect(rows.map(place)).toEqual([
      ...['1: 1 of 2', '2: 1 of 2', '3: 1 of 2', '3: 2 of 2', '2: 2 of 2', '1: 2 of 2', '2: 1 of 1'],
    ]);
  });

  test('begins with the objects where there are no schemas, and closed where there are many', () => {
    expect(drawn(treeOf(indexOf([object(null, 'a', ['x'])]), all, none).rows)).toEqual(['a +']);
    const many = ['a', 'b', 'c', 'd'].map((schema) => object(schema, 't'));
    expect(drawn(treeOf(indexOf(many), all, none).rows)).toEqual(['a +', 'b +', 'c +', 'd +']);
    expect(drawn(treeOf(indexOf(many), all, new Set(['["b"]'])).rows)).toContain('  t');
  });

  test('keeps the parents of what was found, and only the columns that were', () => {
    const search = (text: string, columns = true) => treeOf(indexOf(shop), { text, columns }, none);
    expect(drawn(search('TOTAL').rows)).toEqual(['public -', '  orders -', '    Total']);
    expect(search('total', false)).toEqual({ rows: [], found: [] });
    expect(drawn(search(' sales. ').rows)).toEqual(['sales -', '  orders']);
    expect(search('orders').found).toEqual([shop[0], shop[2]]);
    expect(search('nothing of the kind').rows).toEqual([]);
  });

  test('tells apart what only looks alike', () => {
    const alike = [object('a.b', 'c', ['x']), object('a', 'b.c', ['x']), object(null, 'a.b.c', ['x'])];
    const { rows } = treeOf(indexOf(alike), all, new Set(alike.map(keyOf)));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });
});

describe('keys', () => {
  const { rows } = treeOf(indexOf(shop), all, new Set([keyOf({ schema: 'public', name: 'orders' })]));

  test.each([
    ['ArrowDown', 0, { to: 1 }],
    ['ArrowDown', 6, { to: 6 }],
    ['ArrowUp', 0, { to: 0 }],
    ['ArrowRight', 0, { to: 1 }],
    ['ArrowRight', 4, { toggle: rows[4]?.id }],
    ['ArrowRight', 2, undefined],
    ['ArrowLeft', 3, { to: 1 }],
    ['ArrowLeft', 1, { toggle: rows[1]?.id }],
    ['ArrowLeft', 4, { to: 0 }],
    ['ArrowLeft', 6, { to: 5 }],
    ['PageDown', 1, { to: 5 }],
    ['PageUp', 1, { to: 0 }],
    ['Home', 5, { to: 0 }],
    ['End', 0, { to: 6 }],
    ['x', 0, undefined],
  ] as const)('%s on row %i', (key, at, expected) => {
    expect(moveOf(key, rows, at, 4)).toEqual(expected);
  });

  test('typing goes to the next row that begins so, around the end', () => {
    expect(typedTo(rows, 1, 'o')).toBe(6);
    expect(typedTo(rows, 6, 'o')).toBe(1);
    expect(typedTo(rows, 1, 'or')).toBe(1);
    expect(typedTo(rows, 0, 'TOT')).toBe(3);
    expect(typedTo(rows, 0, 'zz')).toBeUndefined();
    expect(typedTo([], 0, 'z')).toBeUndefined();
  });

  test('never lead out of the tree', () => {
    const key = fc.constantFrom(
      'ArrowDown',
      'ArrowUp',
      'ArrowLeft',
      'ArrowRight',
      'PageDown',
      'PageUp',
      'End',
    );
    fc.assert(
      fc.property(fc.nat(rows.length - 1), key, fc.integer({ min: 1, max: 9 }), (at, pressed, page) => {
        const move = moveOf(pressed, rows, at, page);
        if (move !== undefined && 'to' in move) expect(rows[move.to]).toBeDefined();
      }),
    );
  });
});
