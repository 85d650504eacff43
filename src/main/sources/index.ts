/** Every engine behind one door. */
import type { Source } from '../../shared/model.ts';
import { openMysql } from './mysql/open.ts';
import { type MysqlUrl, parseMysqlUrl } from './mysql/url.ts';
import { openPostgres } from './postgres/open.ts';
import { parsePostgresUrl } from './postgres/url.ts';
import type { OpenSource } from './source.ts';
import { openSqlite } from './sqlite.ts';

export { openMysql } from './mysql/open.ts';
export { parseMysqlUrl } from './mysql/url.ts';
export { openPostgres } from './postgres/open.ts';
export { isPostgresUrl, type PostgresUrl, parsePostgresUrl } from './postgres/url.ts';
export type { CsvChunk, Field, ObjectData, ObjectReader, OpenSource, Row, Snapshot } from './source.ts';
export { openSqlite } from './sqlite.ts';

/** What a server's URL says; its password is told, and not part of the answer. */
export const parseServerUrl = (
  kind: 'postgres' | 'mysql',
  url: string,
): Pick<MysqlUrl, 'hasPassword' | 'withoutPassword'> =>
  kind === 'mysql' ? parseMysqlUrl(url) : parsePostgresUrl(url);

export interface OpenSourceOptions {
  /** From the keychain; sources without a login ignore it. */
  readonly password?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Opens a saved source.
 * @throws SluiceError of the families `source`, `input`, or CANCELLED
 */
export function openSource(source: Source, { password, signal }: OpenSourceOptions): Promise<OpenSource> {
  switch (source.kind) {
    case 'postgres':
      return openPostgres({ url: source.url, password, signal });
    case 'mysql':
      return openMysql({ url: source.url, password, signal });
    case 'sqlite':
      return openSqlite({ path: source.path, signal });
  }
}
