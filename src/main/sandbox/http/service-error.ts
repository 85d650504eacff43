/** A refusal in the words of AWS: what goes over the wire instead of an answer. */

export type ServiceName = 's3' | 'sts' | 'iam';

/** What an error carries beside its code and message. */
export interface ServiceErrorExtras {
  /** Elements inside `<Error>`, e.g. `Region`. */
  readonly elements?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error of the S3 or STS protocol. It never leaves the sandbox as an exception: the server turns it into an
 * XML answer, so it is not a SluiceError.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** HTTP status. */
  readonly status: number;
  /** AWS's error code, e.g. NoSuchKey. */
  readonly code: string;
  readonly extras: ServiceErrorExtras;

  constructor(status: number, code: string, message: string, extras: ServiceErrorExtras = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.extras = extras;
  }
}

/** The client's connection went away before its body was complete: nobody is left to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

export const accessDenied = (message = 'Access Denied'): ServiceError =>
  new ServiceError(403, 'AccessDenied', message);

export const invalidArgument = (message: string, name: string, value: string): ServiceError =>
  new ServiceError(400, 'InvalidArgument', message, {
    elements: { ArgumentName: name, ArgumentValue: value },
  });

export const invalidRequest = (message: string): ServiceError =>
  new ServiceError(400, 'InvalidRequest', message);

export const badDigest = (message: string): ServiceError => new ServiceError(400, 'BadDigest', message);

export const incompleteBody = (
  message = 'You did not provide the number of bytes specified by the Content-Length HTTP header',
): ServiceError => new ServiceError(400, 'IncompleteBody', message);

export const notImplemented = (what: string): ServiceError =>
  new ServiceError(
    501,
    'NotImplemented',
    `A header, parameter or operation that you provided implies functionality that is not implemented: ${what}`,
  );

export const methodNotAllowed = (): ServiceError =>
  new ServiceError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');

export const malformedXml = (): ServiceError =>
  new ServiceError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

export const internalError = (): ServiceError =>
  new ServiceError(500, 'InternalError', 'We encountered an internal error. Please try again.');
