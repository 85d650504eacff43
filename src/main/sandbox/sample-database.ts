/** A small web shop in SQLite to practise with; the same rows every time. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const customers = 200;
const orders = 5000;

const schema = `
  CREATE TABLE customers (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, notes TEXT, joined_on TEXT NOT NULL
  );
  CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers, placed_at TEXT NOT NULL,
    total NUMERIC NOT NULL, coupon TEXT
  );
  CREATE TABLE returns (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders, reason TEXT);
  CREATE VIEW orders_per_customer AS
    SELECT name, count(*) AS orders FROM customers JOIN orders ON customer_id = customers.id GROUP BY customers.id;
`;

/** Names and notes that lesser tools stumble over: quotes, commas, line ends, other scripts, the empty string. */
const names = [
  'Anna Lindgren',
  'Bao "Bo" Trần',
  "Ciara O'Neill",
  'Дмитрий Орлов',
  'יעל כהן',
  'Zoë, née Müller',
];
const notes = [null, '', 'prefers mornings', 'two lines:\nring twice', 'said "hello", left', '🎁 gift wrap'];

/**
 * Writes the sample database unless the file is there.
 * @param path where to; its folder must exist
 */
export function writeSampleDatabase(path: string): void {
  if (existsSync(path)) return;
  // A crash in the middle must not leave half a shop under the final name.
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  const database = new DatabaseSync(unfinished);
  try {
    database.exec(schema);
    database.exec('BEGIN');
    fill(database);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
  renameSync(unfinished, path);
}

function fill(database: DatabaseSync): void {
  const customer = database.prepare('INSERT INTO customers VALUES (?, ?, ?, ?, ?)');
  for (let id = 1; id <= customers; id++) {
    const email = id % 7 === 0 ? null : `customer${id}@example.com`;
    customer.run(id, pick(names, id), email, pick(notes, id * 5), day(id * 3));
  }
  const order = database.prepare('INSERT INTO orders VALUES (?, ?, ?, ?, ?)');
  for (let id = 1; id <= orders; id++) {
    const total = ((id * 7919) % 50_000) / 100;
    const placedAt = `${day(id / 8)} ${String(id % 24).padStart(2, '0')}:15:00`;
    order.run(id, 1 + ((id * 31) % customers), placedAt, total, id % 11 === 0 ? 'SPRING' : null);
  }
}

const pick = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

const day = (offset: number): string =>
  new Date(Date.UTC(2024, 0, 1) + Math.floor(offset) * 86_400_000).toISOString().slice(0, 10);
