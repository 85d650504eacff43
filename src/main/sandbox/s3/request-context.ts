/** The condition keys of S3, from a request. Source: AWS's Service Authorization Reference, "Amazon S3". */
import type { AwsRequest } from '../http/request.ts';
import type { RequestContext } from '../policy/request.ts';

/** Query parameters that are condition keys. */
const ofQuery: Readonly<Record<string, string>> = {
  prefix: 's3:prefix',
  delimiter: 's3:delimiter',
  'max-keys': 's3:max-keys',
  versionId: 's3:versionid',
};

/** Headers that are condition keys; every other `x-amz-` header that S3 knows as one has its own name after `s3:`. */
const ofHeader =
  /^x-amz-(acl|grant-.*|copy-source|metadata-directive|storage-class|server-side-encryption.*)$/;

export function requestContextOf(request: AwsRequest): RequestContext {
  const context = new Map<string, readonly string[]>();
  const presigned = request.parameters.has('X-Amz-Signature');
  context.set('s3:authtype', [presigned ? 'REST-QUERY-STRING' : 'REST-HEADER']);
  context.set('s3:signatureversion', ['AWS4-HMAC-SHA256']);
  const hash = request.header('x-amz-content-sha256');
  if (hash !== undefined) context.set('s3:x-amz-content-sha256', [hash]);
  const agent = request.header('user-agent');
  if (agent !== undefined) context.set('aws:useragent', [agent]);
  for (const [parameter, key] of Object.entries(ofQuery)) {
    const value = request.parameters.get(parameter);
    if (value !== undefined) context.set(key, [value]);
  }
  for (const name of request.headers.keys()) {
    const value = request.header(name);
    if (ofHeader.test(name) && value !== undefined) context.set(`s3:${name}`, [value]);
  }
  for (const condition of ['if-match', 'if-none-match']) {
    const value = request.header(condition);
    if (value !== undefined) context.set(`s3:${condition}`, [value]);
  }
  return context;
}
