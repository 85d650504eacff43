/**
 * Secrets in the keychain of the operating system. The only owner of keytar.
 *
 * `findCredentials` is never called: on a locked Linux keyring it ends the process.
 */
import { type ErrorCode, SluiceError } from '../../shared/errors.ts';

/** What a keychain is used for. There is no listing: the settings know which accounts should exist. */
export interface SecretStore {
  /**
   * @throws SluiceError KEYCHAIN_ENTRY_MISSING (removed, or the keyring is locked: Linux answers both alike),
   * KEYCHAIN_UNAVAILABLE, KEYCHAIN_LOCKED
   */
  get(account: string): Promise<string>;
  /**
   * Saves, then reads back: what the keychain does not give back was not saved.
   *
   * @throws SluiceError INPUT_INVALID, KEYCHAIN_UNAVAILABLE, KEYCHAIN_NO_KEYRING, KEYCHAIN_LOCKED
   */
  set(account: string, secret: string): Promise<void>;
  /** @returns false when there was nothing to remove, as far as the keychain tells */
  delete(account: string): Promise<boolean>;
}

/** The name under which the keychain's own window shows the entries. */
const service = 'Sluice';

type Keytar = Pick<typeof import('keytar'), 'getPassword' | 'setPassword' | 'deletePassword'>;

interface KeychainProblem {
  /** Found in the message of keytar. Names of interfaces and paths first: they are not translated. */
  readonly sign: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  /** Absent: the catalogue's. */
  readonly fix?: string;
}

const profileInstead = 'or use an AWS profile, which needs no keychain.';

const problems: readonly KeychainProblem[] = [
  {
    sign: /Failed to load keytar native addon/,
    code: 'KEYCHAIN_UNAVAILABLE',
    message: 'The keychain cannot be used: its library does not load; on Linux, libsecret is missing',
    fix: `Install libsecret (on Debian: apt install libsecret-1-0 gnome-keyring; on Fedora: libsecret), start Sluice again, ${profileInstead}`,
  },
  {
    sign: /locked collection|org\.freedesktop\.Secret\.Error\.IsLocked|interaction is not allowed/i,
    code: 'KEYCHAIN_LOCKED',
    message: 'The keyring is locked',
  },
  {
    sign: /org\/freedesktop\/secrets\/(collection|aliases)|default keychain could not be found/i,
    code: 'KEYCHAIN_NO_KEYRING',
    message: 'The keychain service runs, but there is no default keyring to save in',
  },
  {
    sign: /org\.freedesktop\.secrets/,
    code: 'KEYCHAIN_UNAVAILABLE',
    message: 'The keychain cannot be used: no service for secrets runs in this session',
    fix: `Install and start one (on Debian: apt install gnome-keyring; KDE Wallet and KeePassXC serve too), ${profileInstead}`,
  },
  {
    sign: /D-Bus|DBus|Could not connect|Connection refused|message bus/i,
    code: 'KEYCHAIN_UNAVAILABLE',
    message: 'The keychain cannot be used: this session has no D-Bus, which the keyring is reached through',
    fix: `Run Sluice inside a desktop session, or under "dbus-run-session" with a keyring started in it, ${profileInstead}`,
  },
];

/**
 * What an error of keytar means, by its message. A message that is not known (another system, another language)
 * is KEYCHAIN_UNAVAILABLE with that message. No error is attached as cause, so nothing of keytar's leaks on.
 */
export function classifyKeychainError(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const problem = problems.find(({ sign }) => sign.test(reason));
  if (problem === undefined) {
    return new SluiceError('KEYCHAIN_UNAVAILABLE', `The keychain refused: ${reason}`, {
      details: { reason },
    });
  }
  const fix = problem.fix === undefined ? {} : { fix: problem.fix };
  return new SluiceError(problem.code, problem.message, { details: { reason }, ...fix });
}

async function loadKeytar(): Promise<Keytar> {
  // Here and not at the top: where libsecret is missing, loading fails, and all but the keychain still works.
  const { default: keytar } = await import('keytar');
  return keytar;
}

async function asking<T>(act: (keytar: Keytar) => Promise<T>): Promise<T> {
  try {
    return await act(await loadKeytar());
  } catch (error) {
    throw classifyKeychainError(error);
  }
}

function checkAccount(account: string): void {
  if (account === '') throw new SluiceError('INTERNAL', 'A keychain entry needs a name');
}

async function get(account: string): Promise<string> {
  checkAccount(account);
  const secret = await asking((keytar) => keytar.getPassword(service, account));
  if (secret !== null) return secret;
  throw new SluiceError(
    'KEYCHAIN_ENTRY_MISSING',
    `The keychain gives no entry "${account}" of ${service}: it was removed, or the keyring is locked`,
    { details: { service, account } },
  );
}

/** Never says what came back, nor what was expected. */
function notKept(account: string, back: string | null): SluiceError {
  const how = back === null ? 'does not give it back' : 'gives something else back';
  return new SluiceError(
    'KEYCHAIN_UNAVAILABLE',
    `The keychain took the entry "${account}" of ${service} but ${how}, so it was not saved`,
    {
      fix: `Unlock or repair the keyring of this session and try again, ${profileInstead}`,
      details: { service, account },
    },
  );
}

async function set(account: string, secret: string): Promise<void> {
  checkAccount(account);
  if (secret === '') throw new SluiceError('INPUT_INVALID', 'The secret is empty');
  if (secret.includes('\0') || !secret.isWellFormed()) {
    throw new SluiceError('INPUT_INVALID', 'The secret holds characters that a keychain cannot keep');
  }
  const back = await asking(async (keytar) => {
    await keytar.setPassword(service, account, secret);
    return keytar.getPassword(service, account);
  });
  if (back !== secret) throw notKept(account, back);
}

async function remove(account: string): Promise<boolean> {
  checkAccount(account);
  return asking((keytar) => keytar.deletePassword(service, account));
}

/** The keychain of this user. Opening it touches nothing; the first call loads keytar. */
export function openSecrets(): SecretStore {
  return { get, set, delete: remove };
}
