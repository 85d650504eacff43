/** What a request wants, in the terms that permissions are written in, and what an intercept may do to it. */
import type { AnswerFault } from './answer-faults.ts';
import { accessDenied, type ServiceError, type ServiceName } from './http/service-error.ts';
import type { Caller } from './identity/caller.ts';
import type { RequestContext } from './policy/request.ts';

/** One request after its signature was found right and before anything was done. */
export interface Call {
  readonly service: ServiceName;
  /** As in the SDK: PutObject, AssumeRole, … */
  readonly operation: string;
  /** The IAM action that it needs: `s3:PutObject` for UploadPart, too. */
  readonly action: string;
  /** ARN; `*` for operations without a resource. */
  readonly resource: string;
  /** What it needs beside that, e.g. the source of a copy. */
  readonly also?: readonly Permission[];
  /** Its permissions only turn out on the way: each key of DeleteObjects needs its own. */
  readonly permitLater?: boolean;
  /** The condition keys that the request itself brings along. */
  readonly context?: RequestContext;
  readonly bucket?: string;
  readonly key?: string;
  readonly caller: Caller;
}

/** One action on one resource, as policies name them. */
export interface Permission {
  readonly action: string;
  /** ARN, or `*`. */
  readonly resource: string;
}

/** What an intercept may do to a call. */
export type Interception =
  /** AccessDenied in AWS's words; with a text, `because` of it. */
  | { readonly deny: true | string }
  /** Any error. */
  | {
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection ends before the operation or after it was carried out; with `reset`, by a RST. */
  | { readonly hangUp: 'before' | 'after'; readonly reset?: boolean }
  /** No answer comes, before the operation or after it was carried out, until the client gives up. */
  | { readonly stall: 'before' | 'after' }
  /** Milliseconds before the operation. */
  | { readonly delay: number }
  /** The session that signed the call ends now, for this call and for every later one. */
  | { readonly expire: true }
  /** The operation is carried out, and its answer breaks on the way. */
  | { readonly answer: AnswerFault }
  /** 200 with an error inside, as CompleteMultipartUpload and CopyObject answer what fails after they began. */
  | { readonly errorIn200: { readonly code: string; readonly message: string } };

/** Looks at every call; `undefined` lets it pass. A promise holds the call back. */
export type Intercept = (call: Call) => Interception | undefined | Promise<Interception | undefined>;

/** Ends a request without an answer. */
export class HangUp extends Error {
  override readonly name = 'HangUp';
  /** By a RST instead of an orderly end. */
  readonly reset: boolean;

  constructor(message: string, reset = false) {
    super(message);
    this.reset = reset;
  }
}

/**
 * AWS's refusal. With a reason AWS names caller, action and resource; STS and IAM name them always.
 * @param reason `because …` or `with an explicit deny in …`
 */
export function denied(call: Call, reason?: string): ServiceError {
  if (reason === undefined && call.service === 's3') return accessDenied();
  const resource = call.action.startsWith('s3:') ? `"${call.resource}"` : call.resource;
  const words = `User: ${call.caller.arn} is not authorized to perform: ${call.action} on resource: ${resource}`;
  return accessDenied(reason === undefined ? words : `${words} ${reason}`);
}
