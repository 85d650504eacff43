/**
 * Every way in which Sluice can fail, in one table: a code cannot exist without the family that decides the
 * exit status and the words that tell the user what to do next.
 */

/** What kind of trouble a code belongs to. The command line turns it into an exit code. */
export type ErrorFamily = 'input' | 'access' | 'source' | 'keychain' | 'failed' | 'cancelled';

interface ErrorEntry {
  readonly family: ErrorFamily;
  /** What to do next, in one or two plain sentences; used when the thrower has nothing more exact. */
  readonly fix: string;
}

const catalogue = {
  // wrong usage or bad input
  INPUT_INVALID: { family: 'input', fix: 'Correct the value and try again.' },
  NAME_TAKEN: { family: 'input', fix: 'Choose another name, or remove the existing one first.' },
  NOT_FOUND: { family: 'input', fix: 'List what exists and check the spelling.' },
  IN_USE: { family: 'input', fix: 'Remove what uses it first.' },
  PARTITION_KEY_INVALID: {
    family: 'input',
    fix: 'Use the parameters ${YEAR} ${MONTH} ${DAY} ${DATE} ${HOUR} ${JOB_ID}, at least one of them.',
  },
  PATH_INVALID: {
    family: 'input',
    fix: 'Change the prefix, the partition key or the name that it comes from.',
  },
  PATH_TOO_LONG: {
    family: 'input',
    fix: 'Shorten the path prefix, the destination prefix or the partition key.',
  },
  PATH_COLLISION: {
    family: 'input',
    fix: 'Give one of the pipelines another destination prefix, or leave one of the objects out.',
  },
  OBJECT_AMBIGUOUS: { family: 'input', fix: 'Name the schema too, as SCHEMA.NAME.' },
  SECRET_IN_ARGUMENT: {
    family: 'input',
    fix: 'Leave the password out of the URL and give it on standard input with --password-stdin.',
  },
  JOB_NOT_RESUMABLE: {
    family: 'input',
    fix: 'Only an interrupted job can be resumed or discarded; start a new load.',
  },
  JOB_RUNNING: { family: 'input', fix: 'Wait until it has ended, or cancel it where it runs.' },

  // access to AWS
  NOT_SIGNED_IN: {
    family: 'access',
    fix: 'Sign in (for an SSO profile: aws sso login --profile NAME), or name a profile with --profile.',
  },
  CREDENTIALS_INVALID: {
    family: 'access',
    fix: 'Check the access key: it may have been deleted or made inactive, or belong to another partition.',
  },
  SECRET_KEY_WRONG: {
    family: 'access',
    fix: 'Enter the secret access key again; it does not match the access key ID.',
  },
  SESSION_EXPIRED: { family: 'access', fix: 'Sign in again and repeat the command.' },
  ASSUME_ROLE_DENIED: {
    family: 'access',
    fix: 'Check the role ARN and compare its trust policy with the one that "sluice trust" prints.',
  },
  ACCESS_DENIED: {
    family: 'access',
    fix: 'Add the missing statement to the permissions policy; "sluice destination test" names it.',
  },
  KMS_DENIED: {
    family: 'access',
    fix: "Allow kms:GenerateDataKey and kms:Decrypt on the bucket's key, in the permissions policy and in the key policy.",
  },
  ROLE_OPEN: {
    family: 'access',
    fix: 'Replace the trust policy of the role by the one that "sluice trust" prints.',
  },
  CLOCK_SKEWED: { family: 'access', fix: 'Set the clock of this computer and try again.' },

  // the destination itself
  BUCKET_NOT_FOUND: { family: 'failed', fix: 'Check the bucket name, or create the bucket first.' },
  BUCKET_WRONG_REGION: { family: 'failed', fix: 'Use the region that the bucket is in.' },
  DESTINATION_UNREACHABLE: {
    family: 'failed',
    fix: 'Check the network connection, the endpoint and the proxy settings, then try again.',
  },
  CERTIFICATE_UNTRUSTED: {
    family: 'failed',
    fix: 'Let AWS_CA_BUNDLE name a file with the certificate of your company, or check the endpoint.',
  },
  PROXY_FAILED: {
    family: 'failed',
    fix: 'Check the proxy in HTTPS_PROXY or HTTP_PROXY with its user and password, or except the service in NO_PROXY.',
  },
  THROTTLED: {
    family: 'failed',
    fix: 'Wait a minute, then try again; fewer loads at once need fewer requests.',
  },
  KMS_KEY_UNUSABLE: {
    family: 'failed',
    fix: 'Let the key that encrypts the bucket be enabled in AWS KMS, or the bucket be encrypted with another one.',
  },
  DESTINATION_FAILED: {
    family: 'failed',
    fix: 'Try again; if it goes on, note the request id and ask AWS support.',
  },
  DESTINATION_TEST_FAILED: { family: 'failed', fix: 'Mend what the failed checks name, then test again.' },
  CHECKSUM_MISMATCH: { family: 'failed', fix: 'Run the load again; the bytes were damaged on the way.' },
  KEY_EXISTS: { family: 'failed', fix: 'Run the load again: a new job writes new file names.' },
  ALREADY_APPENDED: {
    family: 'failed',
    fix: 'Nothing was added. Should it stand there twice, load again with --force, or with "Load anyway" in the app.',
  },
  DATA_CHANGED: {
    family: 'failed',
    fix: 'Look at what is named: somebody else wrote it. Remove it by hand if it shall go.',
  },
  UPLOAD_LEFT: {
    family: 'failed',
    fix: 'Allow s3:AbortMultipartUpload and s3:ListBucketMultipartUploads, or give the bucket a lifecycle rule AbortIncompleteMultipartUpload.',
  },

  // sources
  SOURCE_UNREACHABLE: {
    family: 'source',
    fix: 'Check host, port and network, and that the server is running.',
  },
  SOURCE_DENIED: {
    family: 'source',
    fix: 'Check user name and password, and what the server allows this user.',
  },
  SOURCE_NOT_FOUND: { family: 'source', fix: 'Check the name of the database or the path of the file.' },
  SOURCE_LOST: {
    family: 'source',
    fix: 'The connection broke while reading. Try again; an interrupted load can be resumed.',
  },
  SOURCE_SLOW: {
    family: 'source',
    fix: 'Look again when the database is less busy and nobody has the object locked. A load waits as long as it takes.',
  },
  SOURCE_UNREADABLE: {
    family: 'source',
    fix: 'See the message of the source; mend the data or leave the object out.',
  },
  SOURCE_CHANGED: {
    family: 'source',
    fix: 'Wait until the program that writes the file is done, then run the load again.',
  },
  ROW_INVALID: {
    family: 'source',
    fix: 'Mend the file, check the options of the source (delimiter, quote, encoding), or let it set bad rows aside.',
  },
  OBJECT_NOT_FOUND: { family: 'source', fix: 'List the objects of the source and check the spelling.' },

  // the SSH server in front of a source
  HOST_KEY_UNKNOWN: {
    family: 'source',
    fix: 'Compare the fingerprint with the one that whoever runs the SSH server gives, then accept it.',
  },
  HOST_KEY_REFUSED: {
    family: 'source',
    fix: 'Ask whoever runs the SSH server whether its key was changed. Nothing was sent to it.',
  },
  TUNNEL_UNREACHABLE: {
    family: 'source',
    fix: 'Check host and port of the SSH server, and the network or VPN.',
  },
  TUNNEL_DENIED: {
    family: 'source',
    fix: 'Check the user and the key or password of the SSH server.',
  },

  // keychain
  KEYCHAIN_UNAVAILABLE: {
    family: 'keychain',
    fix: 'Install and start a keyring (on Debian: libsecret-1-0, gnome-keyring and dbus), or use an AWS profile.',
  },
  KEYCHAIN_LOCKED: { family: 'keychain', fix: 'Unlock the keyring of this session and try again.' },
  KEYCHAIN_NO_KEYRING: {
    family: 'keychain',
    fix: 'Create a default keyring (on Linux: in "Passwords and Keys", named Login), then try again.',
  },
  KEYCHAIN_ENTRY_MISSING: {
    family: 'keychain',
    fix: 'Unlock the keyring; if the entry was removed, enter the secret again.',
  },

  // this computer
  DISK_FULL: {
    family: 'failed',
    fix: 'Free some space on the disk that holds the data folder, then try again.',
  },
  DATA_FOLDER_UNUSABLE: {
    family: 'failed',
    fix: 'Check that the data folder exists and that you may write to it.',
  },
  JOB_INTERRUPTED: {
    family: 'failed',
    fix: 'Resume or discard the job: sluice load --resume JOB_ID or --discard JOB_ID.',
  },
  JOB_FAILED: { family: 'failed', fix: 'See the message of each failed object: sluice jobs show JOB_ID.' },
  VERIFY_FAILED: {
    family: 'failed',
    fix: 'Somebody changed or removed the files named above; run the load again.',
  },
  APP_NOT_BUILT: { family: 'failed', fix: 'Build it once: npm run build' },
  WEB_SIGNED_OUT: {
    family: 'access',
    fix: 'Run "sluice web" again, or press Enter where it runs, and open the new link.',
  },
  CANCELLED: { family: 'cancelled', fix: 'Start again when you are ready.' },
  INTERNAL: {
    family: 'failed',
    fix: 'This is a fault in Sluice. Please report it with the command that you ran.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof catalogue;

export const errorCodes = Object.keys(catalogue) as [ErrorCode, ...ErrorCode[]];

/** The family of a code; see {@link ErrorFamily}. */
export const familyOf = (code: ErrorCode): ErrorFamily => catalogue[code].family;

/** The general advice for a code. */
export const fixOf = (code: ErrorCode): string => catalogue[code].fix;

/** Facts about an error that may cross to a screen or a script. Never a secret, never a stack trace. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export interface SluiceErrorOptions {
  readonly details?: ErrorDetails;
  /** More exact advice than the catalogue's. */
  readonly fix?: string;
  /** The error that was caught. It stays in this process: only code, message, fix and details cross a host. */
  readonly cause?: unknown;
}

/**
 * The only error that use cases throw on purpose. Foreign errors are classified once, at the edge that met
 * them. `message` says what happened and why, without a full stop at the end.
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly fix: string;

  constructor(code: ErrorCode, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.fix = options.fix ?? fixOf(code);
  }
}

/** True for the error that an aborted `AbortSignal` raises in Node, in the AWS SDK and in Sluice itself. */
export function isCancelled(error: unknown): boolean {
  if (error instanceof SluiceError) return error.code === 'CANCELLED';
  return error instanceof Error && error.name === 'AbortError';
}
