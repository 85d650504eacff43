/** A source in a few words. */
import type { Source } from '../../../shared/model.ts';

const kinds: Readonly<Record<Source['kind'], string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL or MariaDB',
  sqlite: 'SQLite',
  files: 'Files',
};

export const kindOf = ({ kind }: Source): string => kinds[kind];

/** The file, or the server without scheme and options: `ada@db.example.com:5432`. */
export const placeOf = (source: Source): string =>
  'path' in source ? source.path : (/^\w+:\/\/([^/?]*)/.exec(source.url)?.[1] ?? '') || 'This computer';
