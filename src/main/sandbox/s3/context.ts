/** What every S3 operation gets to work with. */
import type { Permit } from '../authorize.ts';
import type { Permission } from '../calls.ts';
import type { Answer } from '../http/answer.ts';
import type { AwsRequest } from '../http/request.ts';
import type { Account } from '../identity/account.ts';
import type { Caller } from '../identity/caller.ts';
import type { ReceiveOptions } from '../payload/receive.ts';
import type { ChunkSigner } from '../sigv4/authenticate.ts';
import type { Store } from '../store/store.ts';
import type { BucketPolicies } from './bucket-policy.ts';

export interface S3Context {
  readonly store: Store;
  readonly region: string;
  readonly account: Account;
  readonly bucketPolicies: BucketPolicies;
  readonly now: () => Date;
  /** Aborted when the sandbox closes: long copies stop. */
  readonly closing: AbortSignal;
}

export interface S3Request {
  readonly context: S3Context;
  readonly request: AwsRequest;
  readonly signer: ChunkSigner;
  readonly caller: Caller;
  readonly permit: Permit;
  /** '' where the operation has none. */
  readonly bucket: string;
  readonly key: string;
  /** The whole body, already checked, of operations that do not stream; '' for the others. */
  readonly text: string;
}

/** One row of the table of operations. */
export interface Operation {
  /** As in the SDK. */
  readonly name: string;
  /** The IAM action. */
  readonly action: string;
  readonly level: 'service' | 'bucket' | 'object';
  readonly method: string;
  /** Query parameters that make it this operation; `name=value` also fixes the value. */
  readonly when: readonly string[];
  /** A header that makes it this operation. */
  readonly withHeader?: string;
  /** Further query parameters that it understands. */
  readonly parameters: readonly string[];
  /** Headers that change its meaning and that it understands, beside those of every operation. */
  readonly headers: readonly string[];
  readonly body: 'stream' | 'text';
  readonly receive?: Partial<ReceiveOptions>;
  /** True when the bucket need not exist. */
  readonly anyBucket?: boolean;
  /** It asks for its permission itself, for each key on its own. */
  readonly perKey?: boolean;
  /** Permissions that this request needs beside the action on its own resource. */
  readonly also?: (request: AwsRequest) => readonly Permission[];
  readonly run: (request: S3Request) => Answer | Promise<Answer>;
}

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;

export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** `"etag"`, as it stands in headers and documents. */
export const quoted = (etag: string): string => `"${etag}"`;

/** Milliseconds since 1970 as S3 writes them in documents. S3 counts in whole seconds. */
export const isoSeconds = (time: number): string => new Date(Math.floor(time / 1000) * 1000).toISOString();
