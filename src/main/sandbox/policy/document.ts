/** A policy document as JSON text, checked as IAM checks it, and what it says. */

export type PolicyKind = 'identity' | 'bucket' | 'trust' | 'key';

/** `Action`, or with `not` everything but it. */
export interface Patterns {
  readonly not: boolean;
  readonly values: readonly string[];
}

export interface Condition {
  /** In lower case, without quantifier and IfExists, e.g. `stringequals`. */
  readonly operator: string;
  readonly ifExists: boolean;
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  /** In lower case: key names know no case. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface PrincipalPatterns {
  readonly not: boolean;
  /** ARNs, account ids, ids of users and roles, or `*`. Federated users and services are never our callers. */
  readonly aws: readonly string[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly action: Patterns;
  /** A trust policy has none: it is about its role. */
  readonly resource: Patterns | undefined;
  readonly principal: PrincipalPatterns | undefined;
  readonly conditions: readonly Condition[];
}

export interface Policy {
  /** Policy variables exist since this version. */
  readonly variables: boolean;
  readonly statements: readonly Statement[];
}

/** The document is not a policy; `message` is what IAM or S3 says. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}

type Json = Readonly<Record<string, unknown>>;

const operators = new Set(
  [
    'StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike',
    'NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan',
    'NumericGreaterThanEquals DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan',
    'DateGreaterThanEquals Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);

const statementKeys = new Set([
  ...['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource'],
  ...['Principal', 'NotPrincipal', 'Condition'],
]);

/**
 * @param document JSON text
 * @throws MalformedPolicy
 */
export function parsePolicy(document: string, kind: PolicyKind): Policy {
  const policy = parseJson(document);
  for (const name of Object.keys(policy)) {
    if (!['Version', 'Id', 'Statement'].includes(name)) throw syntaxError(`unknown field ${name}`);
  }
  const { Version: version = '2008-10-17', Statement: statement } = policy;
  if (version !== '2012-10-17' && version !== '2008-10-17') {
    throw new MalformedPolicy('The policy must contain a valid version string');
  }
  if (statement === undefined) throw syntaxError('no Statement');
  const list = Array.isArray(statement) ? statement : [statement];
  if (list.length === 0) throw syntaxError('no Statement');
  const statements = list.map((item) => parseStatement(item, kind));
  const sids = statements.flatMap(({ sid }) => sid ?? []);
  if (new Set(sids).size !== sids.length) {
    throw new MalformedPolicy('Statement IDs (SID) in a single policy must be unique.');
  }
  return { variables: version === '2012-10-17', statements };
}

function parseJson(document: string): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    throw new MalformedPolicy('This policy contains invalid Json');
  }
  if (!isRecord(parsed)) throw syntaxError('not an object');
  return parsed;
}

function parseStatement(value: unknown, kind: PolicyKind): Statement {
  if (!isRecord(value)) throw syntaxError('a statement is not an object');
  for (const name of Object.keys(value))
    if (!statementKeys.has(name)) throw syntaxError(`unknown field ${name}`);
  const { Sid: sid, Effect: effect } = value;
  if (effect !== 'Allow' && effect !== 'Deny') throw syntaxError('Effect is neither Allow nor Deny');
  if (sid !== undefined && typeof sid !== 'string') throw syntaxError('a Sid is not a text');
  if (sid !== undefined && kind !== 'bucket' && !/^[0-9A-Za-z]*$/.test(sid)) {
    throw new MalformedPolicy(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    );
  }
  return {
    sid: sid === '' ? undefined : sid,
    effect,
    action: parseAction(value, kind),
    resource: parseResource(value, kind),
    principal: parsePrincipal(value, kind),
    conditions: parseConditions(value.Condition),
  };
}

/** One of `name` and `Not<name>`; undefined when there is neither. */
function eitherOf(statement: Json, name: string): Patterns | undefined {
  const [positive, negative] = [statement[name], statement[`Not${name}`]];
  if (positive !== undefined && negative !== undefined) throw syntaxError(`both ${name} and Not${name}`);
  const given = positive ?? negative;
  if (given === undefined) return undefined;
  const values = stringsOf(given, name);
  if (values.length === 0) throw syntaxError(`${name} is empty`);
  return { not: positive === undefined, values };
}

function parseAction(statement: Json, kind: PolicyKind): Patterns {
  const action = eitherOf(statement, 'Action');
  if (action === undefined) throw new MalformedPolicy('Policy statement must contain actions.');
  for (const name of action.values) {
    if (name !== '*' && !/^[a-z0-9-]+:[\w*?]+$/i.test(name)) {
      throw new MalformedPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  if (kind === 'trust' && action.values.some((name) => !/^(sts:|\*$)/i.test(name))) {
    throw new MalformedPolicy('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  return action;
}

function parseResource(statement: Json, kind: PolicyKind): Patterns | undefined {
  const resource = eitherOf(statement, 'Resource');
  if (kind === 'trust') {
    if (resource === undefined) return undefined;
    throw new MalformedPolicy('Has prohibited field Resource');
  }
  if (resource === undefined) throw new MalformedPolicy('Policy statement must contain resources.');
  for (const name of resource.values) {
    if (name !== '*' && !/^arn:[\w*?${}:-]+:[^:]*:[^:]*:[^:]*:/s.test(name) && !/^arn:\*/.test(name)) {
      throw new MalformedPolicy(`Resource ${name} must be in ARN format or "*".`);
    }
  }
  return resource;
}

function parsePrincipal(statement: Json, kind: PolicyKind): PrincipalPatterns | undefined {
  const [positive, negative] = [statement.Principal, statement.NotPrincipal];
  if (positive !== undefined && negative !== undefined) throw syntaxError('both Principal and NotPrincipal');
  const given = positive ?? negative;
  if (kind === 'identity') {
    if (given === undefined) return undefined;
    throw new MalformedPolicy('Policy document should not specify a principal.');
  }
  if (given === undefined) throw new MalformedPolicy('Missing required field Principal');
  const not = positive === undefined;
  if (given === '*') return { not, aws: ['*'] };
  if (!isRecord(given) || Object.keys(given).length === 0)
    throw new MalformedPolicy('Invalid principal in policy');
  for (const [type, names] of Object.entries(given)) {
    if (!['AWS', 'Federated', 'Service', 'CanonicalUser'].includes(type)) {
      throw new MalformedPolicy(`Invalid principal in policy: "${type}"`);
    }
    stringsOf(names, 'Principal');
  }
  return { not, aws: given.AWS === undefined ? [] : stringsOf(given.AWS, 'Principal') };
}

function parseConditions(value: unknown): Condition[] {
  if (value === undefined) return [];
  if (!isRecord(value)) throw syntaxError('Condition is not an object');
  return Object.entries(value).flatMap(([name, keys]) => {
    if (!isRecord(keys)) throw syntaxError(`the condition ${name} is not an object`);
    const operator = parseOperator(name);
    return Object.entries(keys).map(([key, values]) => ({
      ...operator,
      key: key.toLowerCase(),
      values: scalarsOf(values, key),
    }));
  });
}

function parseOperator(name: string): Pick<Condition, 'operator' | 'ifExists' | 'quantifier'> {
  const parts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(name);
  const operator = parts?.[2]?.toLowerCase() ?? '';
  if (!operators.has(operator) || (operator === 'null' && parts?.[3] !== undefined)) {
    throw new MalformedPolicy(`Invalid Condition type : ${name}`);
  }
  const quantifier = parts?.[1]?.toLowerCase();
  return {
    operator,
    ifExists: parts?.[3] !== undefined,
    quantifier:
      quantifier === undefined ? undefined : quantifier === 'forallvalues' ? 'ForAllValues' : 'ForAnyValue',
  };
}

function stringsOf(value: unknown, field: string): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item === 'string') return item;
    throw syntaxError(`${field} is neither a text nor a list of texts`);
  });
}

function scalarsOf(value: unknown, key: string): readonly string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
      return String(item);
    throw syntaxError(`the values of ${key} are not texts`);
  });
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const syntaxError = (what: string): MalformedPolicy =>
  new MalformedPolicy(`Syntax errors in policy. (${what})`);
