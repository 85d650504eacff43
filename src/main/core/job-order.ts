/**
 * What the app and the process of a load say to each other, over a channel that nobody else hears: the order holds
 * secrets, which are never in arguments, environment or files.
 */
import { type ErrorDetails, SluiceError } from '../../shared/errors.ts';
import type { DestinationSettings, ErrorInfo, JobEvent, ObjectName, Source } from '../../shared/model.ts';
import type { FirstRows } from '../../shared/browse.ts';
import type { LoadOptions } from '../load/options.ts';
import type { JobStart } from '../stores/history.ts';

export interface JobOrder {
  /** The data folder, absolute. */
  readonly folder: string;
  /** A new job, or the id of one to go on with. */
  readonly job: { readonly start: JobStart } | { readonly resume: string };
  readonly source: Source;
  /** Of the source, where one is in the keychain. */
  readonly password: string | undefined;
  /** Of its tunnel, where one is in the keychain. */
  readonly tunnelSecret: string | undefined;
  /** As it is reached now: practice mode has another port at every start. */
  readonly destination: DestinationSettings;
  readonly access: {
    readonly externalId: string;
    readonly sandbox: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
    readonly secretAccessKey: string | undefined;
  };
  readonly options: LoadOptions;
}

/** The first rows of an object of an SQLite file. */
export interface LookOrder {
  /** Absolute. */
  readonly path: string;
  readonly object: ObjectName;
  readonly rows: number;
}

export type ToJob =
  | { readonly say: 'run'; readonly order: JobOrder }
  | { readonly say: 'look'; readonly order: LookOrder }
  | { readonly say: 'cancel' };

export type FromJob =
  | { readonly say: 'looked'; readonly rows: FirstRows }
  /** The job is recorded, and its lock is held. */
  | { readonly say: 'begun' }
  /** Nothing was done. */
  | { readonly say: 'refused'; readonly error: ErrorInfo }
  /** The last one is the `end`; the lock is free by then. */
  | { readonly say: 'event'; readonly event: JobEvent };

/** An error that the other process told. */
export const errorOf = ({ code, message, fix, details }: ErrorInfo): SluiceError =>
  new SluiceError(code, message, { fix, details: details as ErrorDetails });
