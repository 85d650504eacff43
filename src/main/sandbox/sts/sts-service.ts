/** The STS side of the sandbox: query-protocol requests, `POST /` with `Action=…` in a form. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { type AwsRequest, parseQuery } from '../http/request.ts';
import { notImplemented, ServiceError } from '../http/service-error.ts';
import { element, wrap, xmlDocument } from '../http/xml.ts';
import { readUnchecked } from '../payload/receive.ts';
import type { PreparedCall, Service } from '../service.ts';
import { type Authenticator, authenticate } from '../sigv4/authenticate.ts';
import { sha256Hex } from '../sigv4/signature.ts';
import { assumeRole } from './assume-role.ts';
import type { StsContext, StsOperation, StsRequest } from './context.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const apiVersion = '2011-06-15';
const maxFormBytes = 64 * 1024;

const getCallerIdentity: StsOperation = {
  name: 'GetCallerIdentity',
  parameters: [],
  resource: () => '*',
  run: ({ caller }) =>
    element('Arn', caller.arn) + element('UserId', caller.userId) + element('Account', caller.accountId),
};

const operations: readonly StsOperation[] = [getCallerIdentity, assumeRole];

function operationOf(form: ReadonlyMap<string, string>): StsOperation {
  const action = form.get('Action');
  const operation = operations.find((candidate) => candidate.name === action);
  if (action === undefined || operation === undefined) {
    if (action !== undefined && form.get('Version') === apiVersion) throw notImplemented(action);
    throw new ServiceError(
      400,
      'InvalidAction',
      `Could not find operation ${action ?? ''} for version ${form.get('Version') ?? ''}`,
    );
  }
  for (const name of form.keys()) {
    if (!['Action', 'Version', ...operation.parameters].includes(name)) throw notImplemented(name);
  }
  return operation;
}

async function prepare(
  request: AwsRequest,
  context: StsContext,
  authenticator: Authenticator,
): Promise<PreparedCall> {
  const body = await readUnchecked(request, maxFormBytes);
  const { caller } = authenticate(request, 'sts', sha256Hex(body), authenticator);
  const form = new Map(parseQuery(body.toString('utf8')));
  const operation = operationOf(form);
  const call: StsRequest = { context, caller, form };
  return {
    call: {
      service: 'sts',
      operation: operation.name,
      action: `sts:${operation.name}`,
      resource: operation.resource(call),
      caller,
    },
    run: async () =>
      xmlAnswer(
        xmlDocument(
          `${operation.name}Response`,
          namespace,
          wrap(`${operation.name}Result`, operation.run(call)) +
            wrap('ResponseMetadata', element('RequestId', request.id)),
        ),
        { 'content-type': 'text/xml' },
      ),
  };
}

function errorAnswer({ status, code, message }: ServiceError, request: AwsRequest): Answer {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const error = wrap('Error', element('Type', type), element('Code', code), element('Message', message));
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: xmlDocument('ErrorResponse', namespace, error + element('RequestId', request.id)),
  };
}

export function createSts(context: StsContext, authenticator: Authenticator): Service {
  return {
    prepare: (request) => prepare(request, context, authenticator),
    errorAnswer,
    answerHeaders: (request) => ({ 'x-amzn-requestid': request.id }),
  };
}
