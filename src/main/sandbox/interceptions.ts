/** Carries out what an intercept said about a call. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { spoiled } from './answer-faults.ts';
import { type Call, denied, HangUp, type Interception } from './calls.ts';
import { type Answer, xmlAnswer } from './http/answer.ts';
import type { AwsRequest } from './http/request.ts';
import { ServiceError } from './http/service-error.ts';
import { element, xmlDocument } from './http/xml.ts';
import type { Account } from './identity/account.ts';
import { expiredToken } from './sigv4/authenticate.ts';

export interface Disturbed {
  readonly call: Call;
  readonly request: AwsRequest;
  readonly interception: Interception;
  readonly account: Account;
  /** Rejects when the sandbox closes. */
  readonly closed: Promise<never>;
}

/** What happens in the place of the operation, or before it. @throws ServiceError, HangUp */
export async function disturbBefore({
  call,
  request,
  interception,
  account,
  closed,
}: Disturbed): Promise<Answer | undefined> {
  if ('deny' in interception) {
    throw denied(call, interception.deny === true ? undefined : `because ${interception.deny}`);
  }
  if ('status' in interception) {
    const { status, code, message, headers = {} } = interception;
    throw new ServiceError(status, code, message, { headers });
  }
  if ('expire' in interception) {
    account.endSession(call.caller);
    throw expiredToken(call.service);
  }
  if ('delay' in interception) await Promise.race([sleep(interception.delay), closed]);
  if ('stall' in interception && interception.stall === 'before') await stall(request, closed);
  if ('hangUp' in interception && interception.hangUp === 'before') throw hangUp(interception.reset);
  if (!('errorIn200' in interception)) return undefined;
  const { code, message } = interception.errorIn200;
  const content = element('Code', code) + element('Message', message) + element('RequestId', request.id);
  return xmlAnswer(xmlDocument('Error', undefined, content));
}

/** What happens to the answer of an operation that was carried out. @throws HangUp */
export async function disturbAfter(
  answer: Answer,
  { request, interception, closed }: Disturbed,
): Promise<Answer> {
  if ('answer' in interception) return spoiled(answer, interception.answer);
  const lost = 'hangUp' in interception || 'stall' in interception;
  if (!lost) return answer;
  if (typeof answer.body === 'object') answer.body.stream.destroy();
  if ('stall' in interception) await stall(request, closed);
  throw hangUp('hangUp' in interception && interception.reset);
}

/** Until the client has had enough. */
async function stall({ incoming }: AwsRequest, closed: Promise<never>): Promise<never> {
  if (!incoming.socket.destroyed) await Promise.race([once(incoming.socket, 'close'), closed]);
  throw hangUp();
}

const hangUp = (reset = false): HangUp => new HangUp('the intercept dropped the connection', reset);
