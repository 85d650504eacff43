/** What the server needs from S3 and from STS. */

import type { Permit } from './authorize.ts';
import type { Call } from './calls.ts';
import type { Answer } from './http/answer.ts';
import type { AwsRequest } from './http/request.ts';
import type { ServiceError } from './http/service-error.ts';

/** A request that was understood and whose signature is right. */
export interface PreparedCall {
  readonly call: Call;
  /** @param permit for what only turns out on the way, e.g. each key of DeleteObjects */
  readonly run: (permit: Permit) => Promise<Answer>;
}

export interface Service {
  /** @throws ServiceError when the request is not understood or not who it claims to be from */
  prepare(request: AwsRequest): Promise<PreparedCall>;
  errorAnswer(error: ServiceError, request: AwsRequest): Answer;
  /** The headers that name the request. */
  answerHeaders(request: AwsRequest): Readonly<Record<string, string>>;
}
