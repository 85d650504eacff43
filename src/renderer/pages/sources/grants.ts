/** SQL for an administrator: rights that are enough to read the tables. Pure. */
import type { SourceForm } from './source-form.ts';

/** For PostgreSQL the tables of the schema "public", for MySQL those of the database. */
export function grantsFor({ kind, by, database, user }: SourceForm): string {
  const quote = kind === 'mysql' ? inBackticks : identifier;
  const from = (typed: string, standIn: string, quoted: (name: string) => string): string =>
    by === 'url' || typed.trim() === '' ? standIn : quoted(typed.trim());
  const where = from(database, 'your_database', quote);
  if (kind === 'mysql') {
    return `GRANT SELECT ON ${where}.* TO ${from(user, "'your_user'", inQuotes)}@'%';`;
  }
  const grantee = from(user, 'your_user', quote);
  return [
    `GRANT CONNECT ON DATABASE ${where} TO ${grantee};`,
    `GRANT USAGE ON SCHEMA public TO ${grantee};`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${grantee};`,
  ].join('\n');
}

/** Quoted where PostgreSQL would read it otherwise. */
const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** In a grant `_` stands for any character, unless a backslash is before it. */
const inBackticks = (name: string): string =>
  `\`${name.replaceAll('`', '``').replace(/[_%]/g, (wildcard) => `\\${wildcard}`)}\``;

const inQuotes = (name: string): string => `'${name.replaceAll("'", "''")}'`;
