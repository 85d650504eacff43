/** What is said of updates. Pure. */
import { mostNotes } from '../../../../shared/updates.ts';

interface Words {
  readonly message: string;
  readonly fix: string;
}

const again = 'Nothing was installed. Try again later.';

const unreachable: Words = {
  message: 'The server with new versions cannot be reached',
  fix: 'Check the connection to the network, and the proxy of the system, then try again. Sluice works without it.',
};
const unreadable: Words = {
  message: 'The answer about new versions cannot be understood',
  fix: again,
};
const none: Words = { message: 'No version for this system is published there', fix: again };

const byCode: Readonly<Record<string, Words>> = {
  ERR_CHECKSUM_MISMATCH: {
    message: 'What was downloaded is not what was published: its checksum is another one. It was deleted',
    fix: 'Nothing was installed. Try again; if it happens again, tell the maintainers.',
  },
  ERR_UPDATER_INVALID_SIGNATURE: {
    message: 'What was downloaded is not signed by the maintainers. It was deleted',
    fix: 'Nothing was installed. Tell the maintainers.',
  },
  ERR_UPDATER_CHANNEL_FILE_NOT_FOUND: none,
  ERR_UPDATER_LATEST_VERSION_NOT_FOUND: none,
  ERR_UPDATER_NO_PUBLISHED_VERSIONS: none,
  ERR_UPDATER_INVALID_UPDATE_INFO: unreadable,
  ERR_UPDATER_INVALID_RELEASE_FEED: unreadable,
  ERR_UPDATER_INVALID_VERSION: unreadable,
  ERR_UPDATER_NO_CHECKSUM: unreadable,
  ERR_UPDATER_NO_FILES_PROVIDED: unreadable,
  ENOSPC: { message: 'The disk is full', fix: 'Nothing was installed. Make room, then try again.' },
};

/** As Node and Chromium name what is wrong with a network. */
const network =
  /^(E(CONN\w+|HOST\w+|NET\w+|TIMEDOUT|NOTFOUND|PIPE|AI_AGAIN))$|net::ERR_|socket hang up|timed? ?out/i;

/** @param error what electron-updater threw */
export function failureWords(error: unknown): Words {
  const {
    code = '',
    message = '',
    statusCode,
  } = error as {
    readonly code?: unknown;
    readonly message?: unknown;
    readonly statusCode?: unknown;
  };
  const known = byCode[String(code)];
  if (known !== undefined) return known;
  if (typeof statusCode === 'number')
    return { message: `The server with new versions answered with ${statusCode}`, fix: again };
  if (network.test(String(code)) || network.test(String(message))) return unreachable;
  if (error instanceof TypeError) return unreadable;
  return {
    message: `The update did not work: ${String(message).split('\n', 1)[0]?.slice(0, 200)}`,
    fix: again,
  };
}

/**
 * The notes of a release as text. Ours are written as text; what is HTML comes from a page about the release, and is
 * left there.
 */
export function plainNotes(notes: unknown): string | null {
  if (typeof notes !== 'string') return null;
  const text = notes.trim();
  return text === '' || text.startsWith('<') ? null : text.slice(0, mostNotes);
}

/**
 * Where a version is described and offered, by the place that the build baked in; null where that has no pages.
 * @param config the text of app-update.yml
 */
export function releasePage(config: string, version: string): string | null {
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}: *["']?([\\w.-]+)["']? *$`, 'm').exec(config)?.[1];
  const [owner, repo] = [value('owner'), value('repo')];
  if (value('provider') !== 'github' || owner === undefined || repo === undefined) return null;
  return `https://github.com/${owner}/${repo}/releases/tag/v${encodeURIComponent(version)}`;
}
