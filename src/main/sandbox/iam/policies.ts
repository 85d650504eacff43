/** Managed policies and their versions. */
import { ServiceError } from '../http/service-error.ts';
import { wrap } from '../http/xml.ts';
import type { Account } from '../identity/account.ts';
import type { ManagedPolicy, Principal } from '../identity/principals.ts';
import type { QueryOperation, QueryRequest } from '../query/operation.ts';
import { describePolicy, describeVersion, listed } from './describe.ts';
import {
  deleteConflict,
  exists,
  limitExceeded,
  managedPolicyIn,
  nameIn,
  noSuchEntity,
  pathIn,
  policyArn,
  policyOf,
  required,
} from './input.ts';

const maxVersions = 5;

const principalsOf = ({ users, roles }: Account): Principal[] => [...users.values(), ...roles.values()];

const described = (policy: ManagedPolicy, account: Account): string =>
  describePolicy(policy, principalsOf(account));

function createPolicy({ context, form }: QueryRequest): string {
  const { account } = context;
  const name = nameIn(form, 'PolicyName', 128);
  const text = managedPolicyIn(form);
  if ([...account.policies.values()].some((policy) => policy.name === name && !isAwsOwn(policy))) {
    throw exists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
  const policy = account.addPolicy(name, pathIn(form), form.get('Description') ?? '', text);
  return wrap('Policy', described(policy, account));
}

const isAwsOwn = ({ arn }: ManagedPolicy): boolean => arn.startsWith('arn:aws:iam::aws:');

function ownPolicyOf(request: QueryRequest): ManagedPolicy {
  const policy = policyOf(request);
  if (!isAwsOwn(policy)) return policy;
  throw new ServiceError(400, 'InvalidInput', `ARN ${policy.arn} is not valid: AWS owns this policy.`);
}

function deletePolicy(request: QueryRequest): undefined {
  const { account } = request.context;
  const policy = ownPolicyOf(request);
  if (
    principalsOf(account).some(
      ({ attached, boundary }) => attached.has(policy.arn) || boundary === policy.arn,
    )
  ) {
    throw deleteConflict('Cannot delete a policy attached to entities.');
  }
  if (policy.versions.length > 1) {
    throw deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
  account.policies.delete(policy.arn);
}

function listPolicies({ context, form }: QueryRequest): string {
  const scope = form.get('Scope') ?? 'All';
  const policies = [...context.account.policies.values()].filter(
    (policy) => scope === 'All' || isAwsOwn(policy) === (scope === 'AWS'),
  );
  return listed(
    'Policies',
    policies.map((policy) => described(policy, context.account)),
  );
}

function createVersion(request: QueryRequest): string {
  const policy = ownPolicyOf(request);
  const text = managedPolicyIn(request.form);
  if (policy.versions.length >= maxVersions) {
    throw limitExceeded(
      `A managed policy can have up to ${maxVersions} versions. Before you create a new version, you must delete an existing version.`,
    );
  }
  const latest = Number(policy.versions.at(-1)?.id.slice(1) ?? 0);
  const version = { id: `v${latest + 1}`, text, created: request.context.now() };
  policy.versions.push(version);
  if (request.form.get('SetAsDefault') === 'true') policy.defaultVersion = version.id;
  return wrap('PolicyVersion', describeVersion(policy, version, false));
}

function versionOf(policy: ManagedPolicy, form: QueryRequest['form']): ManagedPolicy['versions'][number] {
  const id = required(form, 'VersionId');
  const version = policy.versions.find((candidate) => candidate.id === id);
  if (version !== undefined) return version;
  throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
}

function deleteVersion(request: QueryRequest): undefined {
  const policy = ownPolicyOf(request);
  const version = versionOf(policy, request.form);
  if (version.id === policy.defaultVersion) {
    throw deleteConflict('Cannot delete the default version of a policy.');
  }
  policy.versions.splice(policy.versions.indexOf(version), 1);
}

function setDefault(request: QueryRequest): undefined {
  const policy = ownPolicyOf(request);
  policy.defaultVersion = versionOf(policy, request.form).id;
}

const ofPolicy = { parameters: ['PolicyArn'], resource: policyArn };
const page = ['MaxItems', 'Marker'];

export const policyOperations: readonly QueryOperation[] = [
  {
    ...ofPolicy,
    name: 'CreatePolicy',
    parameters: ['PolicyName', 'Path', 'PolicyDocument', 'Description', 'Tags'],
    run: createPolicy,
  },
  {
    ...ofPolicy,
    name: 'GetPolicy',
    run: (request) => wrap('Policy', described(policyOf(request), request.context.account)),
  },
  { ...ofPolicy, name: 'DeletePolicy', run: deletePolicy },
  {
    name: 'ListPolicies',
    parameters: ['Scope', 'OnlyAttached', 'PathPrefix', 'PolicyUsageFilter', ...page],
    resource: () => '*',
    run: listPolicies,
  },
  {
    ...ofPolicy,
    name: 'CreatePolicyVersion',
    parameters: ['PolicyArn', 'PolicyDocument', 'SetAsDefault'],
    run: createVersion,
  },
  {
    ...ofPolicy,
    name: 'GetPolicyVersion',
    parameters: ['PolicyArn', 'VersionId'],
    run: (request) => {
      const policy = policyOf(request);
      return wrap('PolicyVersion', describeVersion(policy, versionOf(policy, request.form), true));
    },
  },
  {
    ...ofPolicy,
    name: 'ListPolicyVersions',
    parameters: ['PolicyArn', ...page],
    run: (request) => {
      const policy = policyOf(request);
      const versions = [...policy.versions].reverse();
      return listed(
        'Versions',
        versions.map((version) => describeVersion(policy, version, false)),
      );
    },
  },
  { ...ofPolicy, name: 'DeletePolicyVersion', parameters: ['PolicyArn', 'VersionId'], run: deleteVersion },
  { ...ofPolicy, name: 'SetDefaultPolicyVersion', parameters: ['PolicyArn', 'VersionId'], run: setDefault },
];
