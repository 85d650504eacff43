/** Reads a role's trust policy and says in plain words what is wrong with it for a given caller. Pure. */

export interface TrustQuestion {
  /** The trust policy as JSON stands for it; anything may be in it. */
  readonly trust: unknown;
  /** The names that a policy may give the caller: its ARN, that of its role, its account. */
  readonly callers: readonly string[];
  readonly externalId: string;
}

interface Statement {
  readonly principals: readonly string[];
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Why the caller is not let in with its external ID; undefined when the policy should let it in. */
export function whyClosed({ trust, callers, externalId }: TrustQuestion): string | undefined {
  const statements = assumingStatements(trust);
  if (statements.length === 0) return 'its trust policy lets nobody assume it';
  const ours = statements.filter(({ principals }) => principals.some((name) => isOneOf(name, callers)));
  if (ours.length === 0) {
    const trusted = statements.flatMap(({ principals }) => principals).map(nameOf);
    return `its trust policy trusts ${listed(trusted)}, and not ${callers[0]}`;
  }
  const reasons = ours.map(({ conditions }) => whyNot(conditions, externalId));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** Why somebody is let in without the external ID; undefined when the policy does not look so. */
export function trustLetsAnyoneIn({ trust, callers }: TrustQuestion): string | undefined {
  const ours = assumingStatements(trust).filter(({ principals }) =>
    principals.some((name) => isOneOf(name, callers)),
  );
  const guarded = ours.filter(({ conditions }) => conditions.some(isAboutId));
  const ifExists = guarded
    .flatMap(({ conditions }) => conditions.filter(isAboutId))
    .map(({ operator }) => operator);
  if (ours.length > guarded.length) {
    return guarded.length > 0
      ? 'beside the statement with the external ID, its trust policy has another one without'
      : 'its trust policy has no condition on the external ID';
  }
  const lax = ifExists.find((operator) => /IfExists$/i.test(operator));
  if (lax !== undefined)
    return `its trust policy asks with ${lax}, which lets in whoever sends no external ID`;
  return ifExists.some((operator) => !/^StringEquals$/i.test(operator))
    ? `its trust policy asks for the external ID with ${ifExists[0]}, which takes others too`
    : undefined;
}

function whyNot(conditions: readonly Condition[], externalId: string): string | undefined {
  const id = conditions.find(isAboutId);
  if (id !== undefined && /^StringEquals/i.test(id.operator) && !id.values.includes(externalId))
    return 'its trust policy wants another external ID';
  const other = conditions.find(
    (condition) => !isAboutId(condition) && !/^aws:PrincipalArn$/i.test(condition.key),
  );
  return other === undefined ? undefined : `its trust policy has a further condition, on ${other.key}`;
}

const isAboutId = ({ key }: Condition): boolean => key.toLowerCase() === 'sts:externalid';

/** `*`, or a name as given; a whole account is written as its number or its root. */
const isOneOf = (principal: string, callers: readonly string[]): boolean =>
  principal === '*' || callers.includes(principal);

/** A user or a role that was deleted is left as its internal id, and one made anew under its name is another. */
const nameOf = (principal: string): string =>
  /^A(IDA|ROA)[A-Z0-9]+$/.test(principal) ? `${principal} (a user or role that was deleted)` : principal;

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'no AWS identity' : names.join(' and ');

function assumingStatements(trust: unknown): Statement[] {
  return list(fields(trust).Statement)
    .map(fields)
    .filter(({ Effect, Action }) => Effect === 'Allow' && list(Action).some(assumes))
    .map(({ Principal, Condition }) => ({
      principals: Principal === '*' ? ['*'] : texts(fields(Principal).AWS),
      conditions: Object.entries(fields(Condition)).flatMap(([operator, keys]) =>
        Object.entries(fields(keys)).map(([key, values]) => ({ operator, key, values: texts(values) })),
      ),
    }));
}

const assumes = (action: unknown): boolean => /^(\*|sts:(\*|assume\*|assumerole\*?))$/i.test(String(action));

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const texts = (value: unknown): string[] => list(value).map(String);
