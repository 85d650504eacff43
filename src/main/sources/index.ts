/** Every engine behind one door. */
import { type Source, tunnelOf } from '../../shared/model.ts';
import type { FilesOptions, OpenFiles } from './files/open.ts';
import { type MysqlUrl, parseMysqlUrl } from './mysql/url.ts';
import { parsePostgresUrl } from './postgres/url.ts';
import type { OpenSource } from './source.ts';
import type { HostKeys } from './tunnel/host-key.ts';
import type { Tunnel } from './tunnel/open.ts';

export { parseMysqlUrl } from './mysql/url.ts';
export { isPostgresUrl, type PostgresUrl, parsePostgresUrl } from './postgres/url.ts';
export type { CsvChunk, Field, ObjectData, ObjectReader, OpenSource, Row, Snapshot } from './source.ts';

/** Files, to be looked at before they are saved. */
export async function openFiles(options: FilesOptions): Promise<OpenFiles> {
  return await (await import('./files/open.ts')).openFiles(options);
}

/** What a server's URL says; its password is told, and not part of the answer. */
export const parseServerUrl = (
  kind: 'postgres' | 'mysql',
  url: string,
): Pick<MysqlUrl, 'hasPassword' | 'withoutPassword'> =>
  kind === 'mysql' ? parseMysqlUrl(url) : parsePostgresUrl(url);

export interface OpenSourceOptions {
  /** From the keychain; sources without a login ignore it. */
  readonly password?: string | undefined;
  /** From the keychain: the passphrase of the tunnel's key file, or its password. */
  readonly tunnelSecret?: string | undefined;
  readonly hostKeys: HostKeys;
  readonly signal: AbortSignal;
}

/**
 * Opens a saved source. Each engine is read when it is needed: a driver takes a tenth of a second.
 * @throws SluiceError of the families `source`, `input`, or CANCELLED
 */
export async function openSource(source: Source, options: OpenSourceOptions): Promise<OpenSource> {
  const { password, signal } = options;
  switch (source.kind) {
    case 'postgres': {
      const { openPostgres } = await import('./postgres/open.ts');
      return await throughTunnel(source, options, (tunnel) =>
        openPostgres({ url: source.url, password, tunnel, signal }),
      );
    }
    case 'mysql': {
      const { openMysql } = await import('./mysql/open.ts');
      return await throughTunnel(source, options, (tunnel) =>
        openMysql({ url: source.url, password, tunnel, signal }),
      );
    }
    case 'sqlite': {
      const { openSqlite } = await import('./sqlite.ts');
      return await openSqlite({ path: source.path, signal });
    }
    case 'files': {
      const { openFiles } = await import('./files/open.ts');
      const { path, options, database } = source;
      return await openFiles({ path, options, database, signal });
    }
  }
}

/** The tunnel lives as long as the source that is read through it. */
async function throughTunnel(
  source: Source,
  options: OpenSourceOptions,
  open: (tunnel: Tunnel | undefined) => Promise<OpenSource>,
): Promise<OpenSource> {
  const settings = tunnelOf(source);
  if (settings === undefined) return await open(undefined);
  const { hostKeys, signal, tunnelSecret: secret } = options;
  const { openTunnel } = await import('./tunnel/open.ts');
  const tunnel = await openTunnel(settings, { hostKeys, signal, secret });
  try {
    const opened = await open(tunnel);
    return {
      ...opened,
      [Symbol.asyncDispose]: async () => {
        await opened[Symbol.asyncDispose]();
        await tunnel[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await tunnel[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Logs in at the SSH server of a source and goes no further.
 * @throws SluiceError as {@link openSource}
 */
export async function tryTunnel(source: Source, options: OpenSourceOptions): Promise<void> {
  const settings = tunnelOf(source);
  if (settings === undefined) return;
  const { hostKeys, signal, tunnelSecret: secret } = options;
  const { openTunnel } = await import('./tunnel/open.ts');
  await (await openTunnel(settings, { hostKeys, signal, secret }))[Symbol.asyncDispose]();
}
