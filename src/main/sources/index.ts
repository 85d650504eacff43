/** Every engine behind one door. */
import type { Source } from '../../shared/model.ts';
import { type MysqlUrl, parseMysqlUrl } from './mysql/url.ts';
import { parsePostgresUrl } from './postgres/url.ts';
import type { OpenSource } from './source.ts';

export { parseMysqlUrl } from './mysql/url.ts';
export { isPostgresUrl, type PostgresUrl, parsePostgresUrl } from './postgres/url.ts';
export type { CsvChunk, Field, ObjectData, ObjectReader, OpenSource, Row, Snapshot } from './source.ts';

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
 * Opens a saved source. Each engine is read when it is needed: a driver takes a tenth of a second.
 * @throws SluiceError of the families `source`, `input`, or CANCELLED
 */
export async function openSource(
  source: Source,
  { password, signal }: OpenSourceOptions,
): Promise<OpenSource> {
  switch (source.kind) {
    case 'postgres': {
      const { openPostgres } = await import('./postgres/open.ts');
      return await openPostgres({ url: source.url, password, signal });
    }
    case 'mysql': {
      const { openMysql } = await import('./mysql/open.ts');
      return await openMysql({ url: source.url, password, signal });
    }
    case 'sqlite': {
      const { openSqlite } = await import('./sqlite.ts');
      return await openSqlite({ path: source.path, signal });
    }
  }
}
