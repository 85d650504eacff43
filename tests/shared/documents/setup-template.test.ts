/** The templates against CloudFormation's own description of its resources, as the AWS CDK ships it. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { describe, expect, test } from 'vitest';
import { pieceOf, type SetupPieces } from '../../../src/shared/documents/setup-pieces.ts';
import { deployCommand, setupTemplate, stackName } from '../../../src/shared/documents/setup-template.ts';
import { permissionsPolicy, trustPolicy } from '../../../src/shared/iam.ts';

const permissions = permissionsPolicy({
  ...{ bucket: 'acme-lake', pathPrefix: "it's/é", scope: 'prefix', partition: 'aws', withAbort: true },
});
const trust = trustPolicy({
  principal: { aws: 'arn:aws:iam::123456789012:user/anna' },
  externalId: 'd12d74f4-d647-4929-a5a6-d329afd916f4',
});

interface Template {
  readonly Parameters?: Record<string, { Type: string }>;
  readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  readonly Outputs: Record<string, { Value: unknown }>;
}

const specs = loadAwsServiceSpecSync();
const specOf = (type: string) => specs.lookup('resource', 'cloudFormationType', 'equals', type).only();

/** What CloudFormation would refuse. */
function faults({ Resources, Outputs, Parameters = {} }: Template): string[] {
  const found: string[] = [];
  const resolved = (value: unknown, where: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('Ref' in value) {
      const name = String(value.Ref);
      if (!(name in Resources) && !(name in Parameters)) found.push(`${where}: Ref ${name}`);
    }
    if ('Fn::GetAtt' in value) {
      const [name = '', attribute = ''] = value['Fn::GetAtt'] as string[];
      const type = Resources[name]?.Type;
      if (type === undefined || !(attribute in specOf(type).attributes)) found.push(`${where}: GetAtt`);
    }
    for (const inner of Object.values(value)) resolved(inner, where);
  };
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    if (!/^[A-Za-z0-9]+$/.test(id)) found.push(`${id}: logical ID`);
    const { properties } = specOf(Type);
    for (const [name, value] of Object.entries(Properties)) {
      const spec = properties[name];
      if (spec === undefined) found.push(`${id}.${name}: unknown`);
      else if (!fits(value, spec.type)) found.push(`${id}.${name}: not a ${JSON.stringify(spec.type)}`);
    }
    for (const [name, { required }] of Object.entries(properties)) {
      if (required === true && !(name in Properties)) found.push(`${id}.${name}: missing`);
    }
    resolved(Properties, id);
  }
  for (const [name, { Value }] of Object.entries(Outputs)) resolved(Value, name);
  return found;
}

type PropertyType = ReturnType<typeof specOf>['properties'][string]['type'];

function fits(value: unknown, type: PropertyType): boolean {
  const reference = typeof value === 'object' && value !== null && ('Ref' in value || 'Fn::GetAtt' in value);
  if (reference) return true;
  if (type.type === 'union') return type.types.some((one) => fits(value, one));
  if (type.type === 'array') return Array.isArray(value) && value.every((item) => fits(item, type.element));
  if (type.type === 'json') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === type.type;
}

const variants: Record<string, SetupPieces> = {
  'permissions alone': pieceOf('permissions', permissions),
  'trust alone': pieceOf('trust', trust),
  'policy and role': {
    policy: { name: 'sluice-acme', document: permissions },
    role: { name: 'sluice', document: trust },
  },
  'policy and user': { policy: { name: 'sluice-acme', document: permissions }, user: { name: 'sluice' } },
};

describe.each(Object.entries(variants))('%s', (_, pieces) => {
  const text = setupTemplate(pieces);
  const template = JSON.parse(text) as Template;

  test('fits the schemas of its resources', () => {
    expect(faults(template)).toEqual([]);
  });

  test('holds the documents unchanged, names what it makes, and fits the size of an upload', () => {
    const { SluicePolicy, SluiceRole, SluiceUser } = template.Resources;
    expect(SluicePolicy?.Properties.PolicyDocument).toEqual(pieces.policy?.document);
    expect(SluiceRole?.Properties.AssumeRolePolicyDocument).toEqual(pieces.role?.document);
    expect(SluiceRole?.Properties.RoleName).toBe(pieces.role?.name);
    expect(SluiceUser?.Properties.UserName).toBe(pieces.user?.name);
    expect(text).toMatch(/^[ -~\n]+$/);
    expect(text.length).toBeLessThan(51_200);
    expect(text).not.toMatch(/AccessKey|Secret/);
  });

  test('is deployed under a valid name, with the capability that named IAM resources need', () => {
    expect(stackName(pieces)).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
    const command = deployCommand(pieces, 'sluice.template.json', 'eu-west-1');
    expect(command).toContain('--capabilities CAPABILITY_NAMED_IAM');
    expect(command).toContain('--region eu-west-1');
    expect(command.includes('PolicyArn=')).toBe('PolicyArn' in (template.Parameters ?? {}));
  });
});

test('a reference to a policy is its ARN, as the role needs it', () => {
  expect(specOf('AWS::IAM::ManagedPolicy').primaryIdentifier).toEqual(['PolicyArn']);
});

test('the check sees a property that is unknown, missing, of another type, or refers to nothing', () => {
  const template = JSON.parse(setupTemplate(variants['policy and role'] ?? {})) as Template;
  const role = template.Resources.SluiceRole;
  if (role === undefined) throw new Error('the template has no role');
  const { AssumeRolePolicyDocument: _, ...rest } = role.Properties;
  const planted = {
    ...template,
    Resources: {
      SluiceRole: {
        ...role,
        Properties: {
          ...rest,
          RolName: 'x',
          MaxSessionDuration: '3600',
          ManagedPolicyArns: [{ Ref: 'Gone' }],
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['SluiceRole', 'Arm'] } } },
  };
  expect(faults(planted).map((fault) => fault.replace(/: not a .*/, ': type'))).toEqual([
    'SluiceRole.RolName: unknown',
    'SluiceRole.MaxSessionDuration: type',
    'SluiceRole.AssumeRolePolicyDocument: missing',
    'SluiceRole: Ref Gone',
    'RoleArn: GetAtt',
  ]);
});
