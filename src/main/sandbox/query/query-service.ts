/** A service that speaks the query protocol. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { type AwsRequest, parseQuery } from '../http/request.ts';
import { notImplemented, ServiceError, type ServiceName } from '../http/service-error.ts';
import { element, wrap, xmlDocument } from '../http/xml.ts';
import type { Caller } from '../identity/caller.ts';
import { readUnchecked } from '../payload/receive.ts';
import type { PreparedCall, Service } from '../service.ts';
import { type Authenticator, authenticate } from '../sigv4/authenticate.ts';
import { sha256Hex } from '../sigv4/signature.ts';
import type { QueryContext, QueryOperation, QueryRequest } from './operation.ts';

/** A managed policy of 6,144 characters, percent-encoded, and room for the rest. */
const maxFormBytes = 64 * 1024;

export interface QueryServiceDefinition {
  readonly service: Exclude<ServiceName, 's3'>;
  /** E.g. 2011-06-15. */
  readonly version: string;
  readonly operations: readonly QueryOperation[];
  /** Callers whom it does not know at all. @throws ServiceError */
  readonly admit?: (caller: Caller) => void;
}

export function createQueryService(
  { service, version, operations, admit }: QueryServiceDefinition,
  context: QueryContext,
  authenticator: Authenticator,
): Service {
  const namespace = `https://${service}.amazonaws.com/doc/${version}/`;
  const byName = new Map(operations.map((operation) => [operation.name, operation]));

  async function prepare(request: AwsRequest): Promise<PreparedCall> {
    const body = await readUnchecked(request, maxFormBytes);
    const { caller } = authenticate(request, service, sha256Hex(body), authenticator);
    admit?.(caller);
    const form = new Map(parseQuery(body.toString('utf8')));
    const operation = operationOf(form, byName, version);
    const call: QueryRequest = { context, caller, form };
    operation.check?.(call);
    return {
      call: {
        service,
        operation: operation.name,
        action: `${service}:${operation.name}`,
        resource: operation.resource(call),
        ...(operation.also === undefined ? {} : { also: operation.also(call) }),
        ...(operation.conditions === undefined ? {} : { context: operation.conditions(call) }),
        caller,
      },
      run: async () => {
        const result = operation.run(call);
        const content = result === undefined ? '' : wrap(`${operation.name}Result`, result);
        const metadata = wrap('ResponseMetadata', element('RequestId', request.id));
        const document = xmlDocument(`${operation.name}Response`, namespace, content + metadata);
        return xmlAnswer(document, { 'content-type': 'text/xml' });
      },
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

  return { prepare, errorAnswer, answerHeaders: (request) => ({ 'x-amzn-requestid': request.id }) };
}

function operationOf(
  form: ReadonlyMap<string, string>,
  byName: ReadonlyMap<string, QueryOperation>,
  version: string,
): QueryOperation {
  const action = form.get('Action') ?? '';
  const operation = byName.get(action);
  if (operation === undefined) {
    if (action !== '' && form.get('Version') === version) throw notImplemented(action);
    throw new ServiceError(
      400,
      'InvalidAction',
      `Could not find operation ${action} for version ${form.get('Version') ?? ''}`,
    );
  }
  for (const field of form.keys()) {
    const [name = ''] = field.split('.');
    if (!['Action', 'Version', ...operation.parameters].includes(name)) throw notImplemented(name);
  }
  return operation;
}
