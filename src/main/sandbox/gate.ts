/** The one place that every request passes: understood and signed → intercepted → authorised → carried out. */

import { type Authority, permitFor } from './authorize.ts';
import { applyInterception, HangUp, type Intercept } from './calls.ts';
import type { Answer } from './http/answer.ts';
import type { AwsRequest } from './http/request.ts';
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
  const hangUpAfter = applyInterception(call, interception);
  const permit = permitFor(call, authority);
  const own = call.permitLater === true ? [] : [call];
  for (const permission of [...own, ...(call.also ?? [])]) permit(permission);
  const answer = await run(permit);
  if (!hangUpAfter) return answer;
  if (typeof answer.body === 'object') answer.body.stream.destroy();
  throw new HangUp('the intercept dropped the connection after the operation');
}
