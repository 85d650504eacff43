/** Tags of objects. */
import { type Answer, xmlAnswer } from '../http/answer.ts';
import { type AwsRequest, parseQuery } from '../http/request.ts';
import { invalidArgument, malformedXml, ServiceError } from '../http/service-error.ts';
import { childText, element, wrap, xmlDocument } from '../http/xml.ts';
import type { ObjectRecord, Tag } from '../store/records.ts';
import { parseDocument } from './body.ts';
import { noSuchKey } from './conditions.ts';
import { type Operation, type S3Request, s3Namespace } from './context.ts';
import { findVersion } from './versioning.ts';

const maxTags = 10;

function checked(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > maxTags) {
    throw new ServiceError(400, 'BadRequest', `Object tags cannot be greater than ${maxTags}`);
  }
  if (new Set(tags.map(({ key }) => key)).size !== tags.length) {
    throw new ServiceError(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  for (const { key, value } of tags) {
    if (key.length > 128)
      throw new ServiceError(400, 'InvalidTag', 'The TagKey you have provided is invalid');
    if (value.length > 256) {
      throw new ServiceError(400, 'InvalidTag', 'The TagValue you have provided is invalid');
    }
  }
  return tags;
}

/** The tags of a new object, from its header. @throws ServiceError InvalidArgument, InvalidTag */
export function tagsFor(request: AwsRequest): readonly Tag[] {
  const text = request.header('x-amz-tagging') ?? '';
  const tags = parseQuery(text).map(([key, value]) => ({ key, value }));
  if (tags.some(({ key }) => key === '')) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      text,
    );
  }
  return checked(tags);
}

export const tagAnswer = ({ tags = [] }: ObjectRecord): Record<string, string> =>
  tags.length === 0 ? {} : { 'x-amz-tagging-count': String(tags.length) };

function target(call: S3Request): { object: ObjectRecord; save: (tags: readonly Tag[]) => void } {
  const { store } = call.context;
  const found = findVersion(call);
  if (found === undefined || 'marker' in found) throw noSuchKey(call.key);
  const { object, kept } = found;
  return {
    object,
    save: (tags) =>
      kept === undefined
        ? store.objects.update({ ...object, tags })
        : store.versions.update({ ...kept, object: { ...object, tags } }),
  };
}

function putTagging(call: S3Request): Answer {
  const { save } = target(call);
  const set = parseDocument(call.text, 'Tagging').children.find(({ name }) => name === 'TagSet');
  if (set === undefined) throw malformedXml();
  const tags = set.children.map((tag) => {
    const [key, value] = [childText(tag, 'Key'), childText(tag, 'Value')];
    if (key === undefined || value === undefined) throw malformedXml();
    return { key, value };
  });
  save(checked(tags));
  return { status: 200 };
}

function getTagging(call: S3Request): Answer {
  const { tags = [] } = target(call).object;
  const set = tags.map(({ key, value }) => wrap('Tag', element('Key', key), element('Value', value)));
  return xmlAnswer(xmlDocument('Tagging', s3Namespace, wrap('TagSet', ...set)));
}

function deleteTagging(call: S3Request): Answer {
  target(call).save([]);
  return { status: 204 };
}

const common = {
  level: 'object',
  when: ['tagging'],
  parameters: ['versionId'],
  headers: [],
  body: 'text',
} as const;

export const taggingOperations: readonly Operation[] = [
  { ...common, name: 'PutObjectTagging', action: 's3:PutObjectTagging', method: 'PUT', run: putTagging },
  { ...common, name: 'GetObjectTagging', action: 's3:GetObjectTagging', method: 'GET', run: getTagging },
  {
    ...common,
    name: 'DeleteObjectTagging',
    action: 's3:DeleteObjectTagging',
    method: 'DELETE',
    run: deleteTagging,
  },
];
