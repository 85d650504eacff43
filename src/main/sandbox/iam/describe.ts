/** Users, roles, keys and policies as IAM answers them. */
import { element, wrap } from '../http/xml.ts';
import type { Account } from '../identity/account.ts';
import type { AccessKey, ManagedPolicy, Principal, Role, User } from '../identity/principals.ts';
import { shownText } from '../identity/stored-principals.ts';

const time = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z');

/** Documents stand percent-encoded in answers. */
export const encoded = (text: string): string => encodeURIComponent(text);

const describeBoundary = ({ boundary }: Principal): string =>
  boundary === undefined
    ? ''
    : wrap(
        'PermissionsBoundary',
        element('PermissionsBoundaryType', 'Policy') + element('PermissionsBoundaryArn', boundary),
      );

export const describeUser = (user: User): string =>
  element('Path', user.path) +
  element('UserName', user.name) +
  element('UserId', user.id) +
  element('Arn', user.arn) +
  element('CreateDate', time(user.created)) +
  describeBoundary(user);

export const describeRole = (role: Role, account: Account): string =>
  element('Path', role.path) +
  element('RoleName', role.name) +
  element('RoleId', role.id) +
  element('Arn', role.arn) +
  element('CreateDate', time(role.created)) +
  element('AssumeRolePolicyDocument', encoded(shownText(role.trust, account))) +
  (role.description === '' ? '' : element('Description', role.description)) +
  element('MaxSessionDuration', role.maxSessionSeconds) +
  describeBoundary(role);

export const describeKey = (user: User, key: AccessKey): string =>
  element('UserName', user.name) +
  element('AccessKeyId', key.id) +
  element('Status', key.active ? 'Active' : 'Inactive') +
  element('CreateDate', time(key.created));

export function describePolicy(policy: ManagedPolicy, principals: readonly Principal[]): string {
  const attached = principals.filter((principal) => principal.attached.has(policy.arn));
  const bounded = principals.filter((principal) => principal.boundary === policy.arn);
  return (
    element('PolicyName', policy.name) +
    element('PolicyId', policy.id) +
    element('Arn', policy.arn) +
    element('Path', policy.path) +
    element('DefaultVersionId', policy.defaultVersion) +
    element('AttachmentCount', attached.length) +
    element('PermissionsBoundaryUsageCount', bounded.length) +
    element('IsAttachable', true) +
    (policy.description === '' ? '' : element('Description', policy.description)) +
    element('CreateDate', time(policy.created)) +
    element('UpdateDate', time(policy.versions.at(-1)?.created ?? policy.created))
  );
}

export const describeVersion = (
  policy: ManagedPolicy,
  { id, text, created }: ManagedPolicy['versions'][number],
  withDocument: boolean,
): string =>
  (withDocument ? element('Document', encoded(text.text)) : '') +
  element('VersionId', id) +
  element('IsDefaultVersion', id === policy.defaultVersion) +
  element('CreateDate', time(created));

/** A list that is always whole: the sandbox holds fewer entries than a page. */
export const listed = (name: string, members: readonly string[]): string =>
  wrap(name, ...members.map((member) => wrap('member', member))) + element('IsTruncated', false);
