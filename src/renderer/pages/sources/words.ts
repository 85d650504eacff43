/** A source in a few words. */
import type { Source } from '../../../shared/model.ts';

export const kindOf = ({ kind }: Source): string => (kind === 'postgres' ? 'PostgreSQL' : 'SQLite');

/** The file, or the server without scheme and options: `ada@db.example.com:5432`. */
export const placeOf = (source: Source): string =>
  source.kind === 'sqlite'
    ? source.path
    : (/^postgres(?:ql)?:\/\/([^/?]*)/.exec(source.url)?.[1] ?? '') || 'This computer';
