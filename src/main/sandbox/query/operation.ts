/** What the query protocol's services, STS and IAM, have in common: `POST /` with `Action=…` in a form. */
import type { Permission } from '../calls.ts';
import type { Account } from '../identity/account.ts';
import type { Caller } from '../identity/caller.ts';
import type { RequestContext } from '../policy/request.ts';

export interface QueryContext {
  readonly account: Account;
  readonly now: () => Date;
  /** For the tests: sessions end after so many seconds, whatever was asked for. */
  readonly sessionSeconds?: number | undefined;
}

export interface QueryRequest {
  readonly context: QueryContext;
  readonly caller: Caller;
  /** The fields of the request; a list is `Name.member.1`, `Name.member.2`, … */
  readonly form: ReadonlyMap<string, string>;
}

export interface QueryOperation {
  readonly name: string;
  /** The fields that it understands; `Tags` covers `Tags.member.1.Key`. */
  readonly parameters: readonly string[];
  /** ARN of what it is about; `*` where it has none. */
  readonly resource: (request: QueryRequest) => string;
  readonly also?: (request: QueryRequest) => readonly Permission[];
  readonly conditions?: (request: QueryRequest) => RequestContext;
  /** What is wrong with the request itself, whoever sends it. @throws ServiceError */
  readonly check?: (request: QueryRequest) => void;
  /** Returns the content of the result element; undefined where the answer has none. @throws ServiceError */
  readonly run: (request: QueryRequest) => string | undefined;
}
