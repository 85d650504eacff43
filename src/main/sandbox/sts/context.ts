/** What every STS operation gets to work with. */
import type { Caller } from '../identity/caller.ts';
import type { Principals } from '../identity/principals.ts';

export interface StsContext {
  readonly principals: Principals;
  readonly now: () => Date;
}

export interface StsRequest {
  readonly context: StsContext;
  readonly caller: Caller;
  /** The fields of the request. */
  readonly form: ReadonlyMap<string, string>;
}

export interface StsOperation {
  readonly name: string;
  /** The fields that it understands. */
  readonly parameters: readonly string[];
  readonly resource: (request: StsRequest) => string;
  /** Returns the content of the result element. */
  readonly run: (request: StsRequest) => string;
}
