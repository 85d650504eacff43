import { describe, expect, it } from 'vitest';
import { findCollisions, type PlacedObject } from '../../src/shared/collisions.ts';
import { objectDirectory } from '../../src/shared/directory-path.ts';

const place = (schema: string | null, object: string, pathPrefix = 'p'): PlacedObject => ({
  path: objectDirectory({ pathPrefix, destinationPrefix: 'x', database: 'db', schema, object }),
  label: schema === null ? object : `${schema}.${object}`,
});

describe('collisions', () => {
  it('are none among different directories', () => {
    expect(findCollisions([])).toEqual([]);
    expect(findCollisions([place('a', 'b'), place('a', 'c'), place('a', 'b2')])).toEqual([]);
    expect(findCollisions([place('a', 'B'), place('a', 'b')])).toEqual([]);
  });

  it('come from parts that join to the same name', () => {
    expect(findCollisions([place('a', 'b_c'), place('x', 'y'), place('a_b', 'c')])).toEqual([
      { path: 'p/x_db_a_b_c/', objects: ['a.b_c', 'a_b.c'] },
    ]);
  });

  it('come from characters that are replaced', () => {
    const entries = [place('s', 'a_b'), place('s', 'a/b'), place('s', 'a\\b'), place('s', 'other')];
    expect(findCollisions(entries)).toEqual([
      { path: 'p/x_db_s_a_b/', objects: ['s.a_b', 's.a/b', 's.a\\b'] },
    ]);
  });

  it('count an object once when entries share an id, and by themselves when they have none', () => {
    const entry = place('s', 't');
    expect(findCollisions([entry, entry])).toEqual([{ path: entry.path, objects: ['s.t', 's.t'] }]);
    const same = { ...entry, id: 'source/s/t' };
    expect(findCollisions([same, { ...same, label: 'nightly: s.t' }])).toEqual([]);
    expect(findCollisions([same, entry])).toHaveLength(1);
    expect(findCollisions([same, { ...same, id: 'other/s/t' }])).toHaveLength(1);
  });

  it('include a directory inside the directory of another object', () => {
    const outer = place('s', 't');
    const inner = place('s', 'u', 'p/x_db_s_t/year=2024');
    const beside = place('s', 't2');
    expect(findCollisions([inner, beside, outer])).toEqual([
      { path: 'p/x_db_s_t/', objects: ['s.u', 's.t'] },
    ]);
  });

  it('are found among many thousand objects at once', () => {
    const entries = Array.from({ length: 20_000 }, (_, index) => place('s', `t${index % 19_990}`));
    expect(findCollisions(entries)).toHaveLength(10);
  });
});
