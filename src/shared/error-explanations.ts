/**
 * What `docs/errors.md` and `sluice explain` say about each code beyond its fix. A code without an explanation
 * does not compile.
 */
import type { ErrorCode } from './errors.ts';

export interface Explanation {
  /** What it means, in a few words. */
  readonly title: string;
  /** When it comes. */
  readonly when: string;
  /** More to do than the fix says, where there is more. */
  readonly more?: string;
  /** What was done to the user's data, and what not. */
  readonly data: string;
  /** The page of the documentation that says more, with its anchor. */
  readonly read?: string;
}

const untouched = 'Nothing was read, written or removed.';
const objectTakenBack =
  'What was uploaded of this object is removed again; nothing of it is visible. The other objects go on.';
const jobTakenBack =
  'The load ends. Objects that were complete stay; what was uploaded of the others is removed again.';
const interrupted =
  'A load is interrupted, not lost: complete objects stay, nothing half-done is visible, and resume reads the rest again.';
const readOnly = 'The source was only read, and nothing in it was changed.';

/** One entry for each code of the table of errors. */
export const explanations: Readonly<Record<ErrorCode, Explanation>> = {
  INPUT_INVALID: {
    title: 'A value is not right',
    when: 'A field of a form, an option of a command or a file that you gave does not have the form that it needs. The message says which one and why.',
    data: untouched,
    read: 'command-line.md',
  },
  NAME_TAKEN: {
    title: 'There is one with this name already',
    when: 'Destinations, sources and pipelines each have a name of their own, and you gave one that is in use.',
    data: untouched,
  },
  NOT_FOUND: {
    title: 'There is none with this name',
    when: 'A command or a page names a destination, source, pipeline or job that is not here. It may have been removed, or be in another data folder.',
    more: 'Look at "sluice destination list", "sluice source list", "sluice pipeline list" or "sluice jobs". Upper and lower case count.',
    data: untouched,
  },
  IN_USE: {
    title: 'Something else uses this',
    when: 'You remove a source or destination that a pipeline still names, or start a server on a port that another program has.',
    more: 'For a port, choose another one with --port, or 0 for any that is free.',
    data: untouched,
  },
  PARTITION_KEY_INVALID: {
    title: 'The partition key cannot be read',
    when: 'It holds no parameter, an unknown one, or one that is not closed. The message says where.',
    data: untouched,
    read: 'path-rule.md#the-partition-key',
  },
  PATH_INVALID: {
    title: 'This makes no path',
    when: 'A prefix or a partition key that you typed holds a character that S3 advises against, or an object has no name that can stand in a path.',
    data: untouched,
    read: 'path-rule.md#characters',
  },
  PATH_TOO_LONG: {
    title: 'The path is too long for S3',
    when: 'The whole key, file name included, would be longer than 1,024 bytes of UTF-8. Letters outside of ASCII take two to four bytes each.',
    data: untouched,
    read: 'path-rule.md#length',
  },
  PATH_COLLISION: {
    title: 'Two objects would share a directory',
    when: 'The names join with "_", so different names can give the same directory. The message names both.',
    data: untouched,
    read: 'path-rule.md#collisions',
  },
  OBJECT_AMBIGUOUS: {
    title: 'Several objects have this name',
    when: 'You named a table without its schema, and more than one schema has one.',
    data: untouched,
  },
  SECRET_IN_ARGUMENT: {
    title: 'A password stands in the URL',
    when: 'A password in an argument can be read by every user of the computer and stays in the history of the shell, so it is refused.',
    more: 'Where you typed it in a shell, think of it as known to others, and change it.',
    data: untouched,
    read: 'security.md',
  },
  JOB_NOT_RESUMABLE: {
    title: 'This job has ended',
    when: 'Resume and discard are for jobs that were interrupted. This one completed, failed or was cancelled, and left nothing to go on with.',
    data: untouched,
    read: 'recovery-and-proof.md#resume-or-discard',
  },
  JOB_RUNNING: {
    title: 'This job is running',
    when: 'Another window, or a command in a terminal, carries it out right now.',
    data: 'The running load goes on undisturbed.',
  },

  NOT_SIGNED_IN: {
    title: 'AWS does not know who you are',
    when: 'No credentials were found where AWS programs keep them: environment, profiles, single sign-on, container or instance. Or the sign-in has ended.',
    more: 'Try "sluice whoami", with --profile NAME where you use profiles.',
    data: `Nothing was sent to the bucket. ${interrupted}`,
    read: 'access-setup.md#1-who-are-you',
  },
  CREDENTIALS_INVALID: {
    title: 'AWS does not know this access key',
    when: 'The access key ID was deleted, made inactive or mistyped, or belongs to another part of AWS (China, GovCloud), or the region is not switched on for the account.',
    data: jobTakenBack,
    read: 'access-setup.md#role-or-access-keys',
  },
  SECRET_KEY_WRONG: {
    title: 'The secret access key does not fit',
    when: 'AWS knows the access key ID, but the signature made with the secret is wrong: it was cut off when it was copied, or belongs to another key.',
    more: 'AWS shows a secret only once. If it is lost, make a new access key.',
    data: jobTakenBack,
    read: 'access-setup.md#role-or-access-keys',
  },
  SESSION_EXPIRED: {
    title: 'The sign-in has ended',
    when: 'Sessions of single sign-on and of roles end after some hours, and this one could not be renewed.',
    data: interrupted,
    read: 'access-setup.md#1-who-are-you',
  },
  ASSUME_ROLE_DENIED: {
    title: 'The role does not let you in',
    when: 'The role does not exist, its trust policy names somebody else or another external ID, or you may not assume roles. AWS gives the same answer to all of these. A new or changed role takes up to a minute to work.',
    more: 'The connection test looks for the reason where it may, and says what it found.',
    data: jobTakenBack,
    read: 'access-setup.md#when-the-test-fails',
  },
  ACCESS_DENIED: {
    title: 'A right is missing',
    when: 'Your access does not allow what was tried: the permissions policy lacks it or covers another path, or the policy of the bucket or the organisation forbids it.',
    more: 'The connection test tries each right and prints the statement to paste. Where all of it is in your policy, something above it forbids: ask your administrator.',
    data: jobTakenBack,
    read: 'access-setup.md#when-the-test-fails',
  },
  KMS_DENIED: {
    title: 'The key of the bucket may not be used',
    when: 'The bucket is encrypted with a KMS key, and your access may not use it. Two places must allow it: the permissions policy (for a key of another account, too) and the policy of the key.',
    data: jobTakenBack,
    read: 'access-setup.md#a-bucket-with-a-kms-key',
  },
  ROLE_OPEN: {
    title: 'The role opens without the external ID',
    when: 'The connection test assumed the role without an external ID, or with a wrong one, and was let in. Others could use it in your name, so such a destination is not saved.',
    data: 'Nothing was written. The role is as it was.',
    read: 'access-setup.md#when-the-test-fails',
  },
  CLOCK_SKEWED: {
    title: 'The clock of this computer is wrong',
    when: 'AWS refuses requests whose time differs from its own by some minutes.',
    more: 'Let the system set the clock by itself; after a long sleep it may take a moment.',
    data: interrupted,
  },

  BUCKET_NOT_FOUND: {
    title: 'There is no such bucket',
    when: 'The bucket does not exist, is spelled otherwise, or belongs to another part of AWS or another endpoint.',
    data: jobTakenBack,
    read: 'access-setup.md#3-test-and-save',
  },
  BUCKET_WRONG_REGION: {
    title: 'The bucket is in another region',
    when: 'Every bucket lives in one region. The message names it where AWS tells it.',
    data: jobTakenBack,
  },
  DESTINATION_UNREACHABLE: {
    title: 'S3 cannot be reached',
    when: 'The network, a VPN or a proxy is down, the endpoint is mistyped, or the service does not answer. A load waits for ten minutes before it gives up.',
    data: interrupted,
    read: 'troubleshooting.md#the-network',
  },
  CERTIFICATE_UNTRUSTED: {
    title: 'The certificate is not trusted',
    when: 'A company network that looks into TLS shows its own certificate, or the endpoint has one that nobody signed.',
    data: jobTakenBack,
    read: 'troubleshooting.md#the-network',
  },
  PROXY_FAILED: {
    title: 'The proxy does not let this through',
    when: 'The proxy that HTTPS_PROXY or HTTP_PROXY names does not answer, wants a password, or forbids the address.',
    data: interrupted,
    read: 'troubleshooting.md#the-network',
  },
  THROTTLED: {
    title: 'AWS asks to go slower',
    when: 'More requests came than the service takes at a time. Sluice repeats them with growing pauses before it says this.',
    data: interrupted,
  },
  KMS_KEY_UNUSABLE: {
    title: 'The key of the bucket does not work',
    when: 'The KMS key that encrypts the bucket is disabled, is going to be deleted, or is gone. This is no missing right of yours.',
    data: jobTakenBack,
    read: 'access-setup.md#a-bucket-with-a-kms-key',
  },
  DESTINATION_FAILED: {
    title: 'S3 answered with an error',
    when: 'The service refused for a reason that Sluice has no better name for. The message holds its words, and the request id where there is one.',
    data: `Faults of the service itself are waited for; then: ${lower(interrupted)} Any other refusal fails its object: ${lower(objectTakenBack)}`,
  },
  DESTINATION_TEST_FAILED: {
    title: 'The connection test failed',
    when: 'At least one check of the test failed. Each says what is wrong and what to paste.',
    data: 'The test writes one small file under the path prefix and removes it. A destination that failed is not saved.',
    read: 'access-setup.md#when-the-test-fails',
  },
  CHECKSUM_MISMATCH: {
    title: 'Other bytes arrived than were sent',
    when: 'S3 keeps a checksum of every file, and it is not the one that Sluice took before it sent the file. It is rare; a proxy or faulty memory can be the reason.',
    data: objectTakenBack,
    read: 'recovery-and-proof.md#what-s3-itself-says',
  },
  KEY_EXISTS: {
    title: 'There is a file with this name',
    when: 'A load never overwrites. Its names hold the id of the job, so this comes only when somebody else has put a file there.',
    data: `The file that was there stays as it is. ${objectTakenBack}`,
  },
  ALREADY_APPENDED: {
    title: 'The same content is there already',
    when: 'An object has exactly the rows that an earlier load added to the same directory, e.g. a table that has not changed since yesterday.',
    data: objectTakenBack,
    read: 'recovery-and-proof.md#the-same-content-twice',
  },
  DATA_CHANGED: {
    title: 'A file is not the one that was loaded',
    when: 'You remove the data of a load, and a file has another size or checksum, or is not marked as this load’s.',
    data: 'What differs stays. What is as the receipt says is removed.',
    read: 'recovery-and-proof.md#taking-a-load-back',
  },
  UPLOAD_LEFT: {
    title: 'An unfinished upload stayed behind',
    when: 'A load failed, and removing what it had begun was refused or got no answer.',
    more: 'Look at "Unfinished uploads" under History, or "sluice uploads list DESTINATION". Allow the removal with --with-abort when you print the policy.',
    data: 'What stayed is invisible to readers, but AWS charges for it until it is removed.',
    read: 'recovery-and-proof.md#unfinished-uploads',
  },

  SOURCE_UNREACHABLE: {
    title: 'The database does not answer',
    when: 'Nothing listens at host and port, a firewall is in between, or the name is unknown.',
    more: 'Try the same with psql or mysql on this computer. Behind a jump host, fill in the SSH server.',
    data: interrupted,
    read: 'troubleshooting.md#the-source',
  },
  SOURCE_DENIED: {
    title: 'The database does not let you in',
    when: 'User, password, address or TLS are not what the server allows, or the user may not read a table.',
    more: 'The form of a source shows the statements that give a user just what Sluice needs.',
    data: `${readOnly} A load fails at this object, and nothing of it is visible.`,
    read: 'troubleshooting.md#the-source',
  },
  SOURCE_NOT_FOUND: {
    title: 'There is no such database or file',
    when: 'The server has no database of this name, or there is no file at the path.',
    data: untouched,
    read: 'troubleshooting.md#the-source',
  },
  SOURCE_LOST: {
    title: 'The connection broke while reading',
    when: 'The server ended or was restarted, an administrator or a time limit stopped the query, a lock or a conflict on a standby ended it, or the network was cut.',
    data: `${readOnly} ${interrupted}`,
    read: 'recovery-and-proof.md#resume-or-discard',
  },
  SOURCE_SLOW: {
    title: 'Looking took too long',
    when: 'The first rows of an object did not come within ten seconds: a slow view, a busy database, or a lock.',
    data: readOnly,
  },
  SOURCE_UNREADABLE: {
    title: 'The source cannot be read as it is',
    when: 'The database refuses a query, is damaged or too old, text is not of its encoding, or a file is of no kind that Sluice reads.',
    data: `${readOnly} ${objectTakenBack}`,
    read: 'types.md',
  },
  SOURCE_CHANGED: {
    title: 'The source changed while it was read',
    when: 'A file was written to, replaced or cut off, or a table was altered, in the middle of a load.',
    data: objectTakenBack,
    read: 'files.md#while-a-file-is-read',
  },
  ROW_INVALID: {
    title: 'A row of a file does not fit',
    when: 'It has too few or too many fields, a quote that never closes, bytes that are not of the encoding, or is broken JSON. The message names file and line.',
    data: `${objectTakenBack} Where bad rows are set aside, they are left out, counted and kept in a report instead.`,
    read: 'files.md#rows-that-do-not-fit',
  },
  OBJECT_NOT_FOUND: {
    title: 'The source has no such object',
    when: 'A table, view or file that you named or that a pipeline loads is not there (any more), or your user may not see it.',
    more: 'Upper and lower case count. "sluice source objects NAME" lists what there is.',
    data: 'Nothing of this object was written. The other objects of a load go on.',
  },

  HOST_KEY_UNKNOWN: {
    title: 'The SSH server is not known yet',
    when: 'You connect for the first time, and its key is in no list of known hosts.',
    data: 'Nothing of yours was sent: no user, no password.',
    read: 'ssh-tunnel.md#the-host-key',
  },
  HOST_KEY_REFUSED: {
    title: 'The SSH server shows another key than before',
    when: 'Its key differs from the one that is known, or is revoked. The server was installed anew, or somebody listens in between.',
    data: 'Nothing of yours was sent: no user, no password.',
    read: 'ssh-tunnel.md#the-host-key',
  },
  TUNNEL_UNREACHABLE: {
    title: 'The SSH server does not answer',
    when: 'Nothing listens at its host and port, or it broke off in the middle.',
    data: interrupted,
    read: 'ssh-tunnel.md#when-it-breaks',
  },
  TUNNEL_DENIED: {
    title: 'The SSH server does not let you in, or not through',
    when: 'It accepts neither key, agent nor password, or forbids to go on to the database.',
    data: untouched,
    read: 'ssh-tunnel.md#when-it-breaks',
  },

  KEYCHAIN_UNAVAILABLE: {
    title: 'There is no keychain to use',
    when: 'A secret shall be kept or fetched, and the system has no keyring that runs: on a server, in a container, over SSH.',
    more: 'Profiles of AWS, .pgpass, service files and SSH agents need no keychain.',
    data: 'The secret was not kept anywhere else.',
    read: 'troubleshooting.md#the-keychain',
  },
  KEYCHAIN_LOCKED: {
    title: 'The keychain is locked',
    when: 'The keyring of your session is closed and could not be opened by asking you.',
    data: 'The secret was not kept anywhere else.',
    read: 'troubleshooting.md#the-keychain',
  },
  KEYCHAIN_NO_KEYRING: {
    title: 'The keychain has no keyring',
    when: 'The keychain runs, but no keyring was ever made in it: on a new Linux account, mostly.',
    data: 'The secret was not kept anywhere else.',
    read: 'troubleshooting.md#the-keychain',
  },
  KEYCHAIN_ENTRY_MISSING: {
    title: 'The secret is not in the keychain',
    when: 'Sluice put it there, and the keychain does not give it back: the keyring is locked, or the entry was removed.',
    more: 'Enter it again on the page of the source or destination, or with "sluice source password NAME" or "sluice destination secret NAME".',
    data: untouched,
    read: 'troubleshooting.md#the-keychain',
  },

  DISK_FULL: {
    title: 'The disk is full',
    when: 'Settings, history or the report of bad rows could not be written. Rows themselves are never kept on this disk.',
    data: `The last good state of the settings stays. ${interrupted}`,
  },
  DATA_FOLDER_UNUSABLE: {
    title: 'The data folder cannot be used',
    when: 'It is missing, not yours to write to, held by a Sluice that hangs, damaged, or was written by a newer version.',
    data: `Nothing in it was overwritten. ${interrupted}`,
    read: 'troubleshooting.md#the-data-folder',
  },
  JOB_INTERRUPTED: {
    title: 'The load was interrupted',
    when: 'The app, the computer or the network ended in the middle, or a circumstance came that passes. The message says which.',
    data: 'Objects that were complete stay, and nothing half-done is visible.',
    read: 'recovery-and-proof.md#resume-or-discard',
  },
  JOB_FAILED: {
    title: 'The load failed',
    when: 'No object could be loaded, or each failed for its own reason. Every object has a message of its own.',
    data: 'Of the objects that failed nothing is visible.',
    read: 'troubleshooting.md#a-load',
  },
  VERIFY_FAILED: {
    title: 'The files are not as the receipt says',
    when: '"Read back and check" or "jobs verify" read them back, and some are missing or differ in rows, size or checksum.',
    data: 'Nothing was changed: checking only reads.',
    read: 'recovery-and-proof.md#what-s3-itself-says',
  },
  APP_NOT_BUILT: {
    title: 'The window was not built',
    when: 'You run Sluice from a checkout, and the page of the window is not in out/renderer.',
    data: untouched,
  },
  WEB_SIGNED_OUT: {
    title: 'This page is not signed in',
    when: 'The link that opens Sluice in the browser works once and for one minute, and a page belongs to the Sluice that opened it. After a restart, the old page is no longer let in.',
    data: 'Loads that run are not touched.',
    read: 'security.md#the-window',
  },
  CANCELLED: {
    title: 'You cancelled it',
    when: 'You pressed Cancel or Ctrl-C.',
    data: 'What a cancelled load had uploaded of unfinished objects is removed again. Objects that were complete before stay.',
    read: 'recovery-and-proof.md#a-request-that-was-given-up',
  },
  INTERNAL: {
    title: 'A fault in Sluice',
    when: 'Something came that nobody has thought of. The message is that of the program.',
    more: 'Say what you did, with the version ("sluice --version", or About). Leave out what is secret.',
    data: 'A load takes back what it wrote of unfinished objects; "sluice jobs show JOB_ID" says how it ended.',
  },
};

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
