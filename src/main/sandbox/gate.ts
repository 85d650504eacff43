/** The one place that every request passes: understood and signed → intercepted → authorised → carried out. */

import { type Authority, permitFor } from './authorize.ts';
import type { Intercept } from './calls.ts';
import type { Answer } from './http/answer.ts';
import type { AwsRequest } from './http/request.ts';
import { disturbAfter, disturbBefore } from './interceptions.ts';
import type { Service } from './service.ts';

export interface GateOptions {
  readonly authority: Authority;
  readonly intercept: Intercept | undefined;
  /** Rejects when the sandbox closes, so that a call which an intercept holds back ends too. */
  readonly closed: Promise<never>;
}

/** @throws ServiceError what is to be answered; HangUp when nothing is */
export async function passGate(
  service: Service,
  request: AwsRequest,
  { authority, intercept, closed }: GateOptions,
): Promise<Answer> {
  const { call, run } = await service.prepare(request);
  const interception = await Promise.race([intercept?.(call), closed]);
  const disturbed =
    interception === undefined
      ? undefined
      : { call, request, interception, account: authority.account, closed };
  const instead = disturbed === undefined ? undefined : await disturbBefore(disturbed);
  if (instead !== undefined) return instead;
  const permit = permitFor(call, authority);
  const own = call.permitLater === true ? [] : [call];
  for (const permission of [...own, ...(call.also ?? [])]) permit(permission);
  const answer = await run(permit);
  return disturbed === undefined ? answer : await disturbAfter(answer, disturbed);
}
