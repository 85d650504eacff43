/** Tables for the loads of the tests, the same rows every time. */
import { DatabaseSync } from 'node:sqlite';

/** A number generator with a seed (mulberry32), 0 to 1. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Text without patterns, in which every table finds its own place. */
const noise = Array.from({ length: 20_000 }, (_, index) =>
  Math.floor(randomOf(index)() * 2 ** 52)
    .toString(36)
    .padStart(11, '0'),
).join('');

/**
 * Writes a table of an id and a text that hardly compresses, and returns its CSV without a header.
 * @param width characters of the text
 */
export function writeTable(path: string, name: string, rows: number, width: number): string {
  const database = new DatabaseSync(path);
  try {
    database.exec(`CREATE TABLE "${name}" (id INTEGER PRIMARY KEY, filler TEXT NOT NULL); BEGIN`);
    const insert = database.prepare(`INSERT INTO "${name}" VALUES (?, ?)`);
    let csv = '';
    for (let id = 1; id <= rows; id++) {
      const filler = noise.slice((id * 7919) % 100_000).slice(0, width);
      insert.run(id, filler);
      csv += `${id},${filler}\n`;
    }
    // The engine's own estimate of rows comes from this.
    database.exec('COMMIT; ANALYZE');
    return csv;
  } finally {
    database.close();
  }
}
