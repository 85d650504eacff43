/** Everything that a request gives a new object beside its bytes. */
import type { ObjectProperties } from '../store/records.ts';
import type { S3Request } from './context.ts';
import { encryptionFor } from './encryption.ts';
import { lockFor } from './lock.ts';
import { objectHeadersOf, storageClassOf } from './object-headers.ts';
import { tagsFor } from './tagging.ts';

type NewProperties = ObjectProperties & Required<Pick<ObjectProperties, 'encryption'>>;

/** @throws ServiceError what is wrong with a header; AccessDenied where the encryption key may not be used */
export function propertiesFor(call: S3Request): NewProperties {
  const { request, context, bucket } = call;
  const tags = tagsFor(request);
  const lock = lockFor(request, context.store, bucket, context.now());
  return {
    ...objectHeadersOf(request),
    ...storageClassOf(request),
    ...(tags.length === 0 ? {} : { tags }),
    ...(lock === undefined ? {} : { lock }),
    encryption: encryptionFor(call),
  };
}

/** Those of an upload, for the object that it becomes. */
export const propertiesOf = ({
  headers,
  metadata,
  encryption,
  storageClass,
  tags,
  lock,
}: ObjectProperties): ObjectProperties => ({
  ...{ headers, metadata },
  ...(encryption === undefined ? {} : { encryption }),
  ...(storageClass === undefined ? {} : { storageClass }),
  ...(tags === undefined ? {} : { tags }),
  ...(lock === undefined ? {} : { lock }),
});
