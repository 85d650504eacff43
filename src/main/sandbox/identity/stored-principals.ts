/**
 * Principals inside a stored policy. As AWS: the ARN of a user or role is kept as its id, so that another one of
 * the same name is not meant, and is refused when there is none.
 */
import { MalformedPolicy, type PolicyKind, parsePolicy } from '../policy/document.ts';
import type { PolicyText } from './policy-text.ts';

/** The users and roles by which a policy may name somebody; an id for an ARN and back. */
export interface Directory {
  readonly id: string;
  idOf(arn: string): string | undefined;
  arnOf(id: string): string | undefined;
}

/**
 * A policy with principals, as it is kept and evaluated.
 * @throws MalformedPolicy
 */
export function storedPolicy(
  text: string,
  kind: Exclude<PolicyKind, 'identity'>,
  account: Directory,
): PolicyText {
  const policy = parsePolicy(text, kind);
  const statements = policy.statements.map((statement) => {
    const { principal } = statement;
    if (principal === undefined) return statement;
    return {
      ...statement,
      principal: { ...principal, aws: principal.aws.map((name) => idOf(name, account)) },
    };
  });
  return { text, policy: { ...policy, statements } };
}

function idOf(name: string, account: Directory): string {
  if (name === '*' || /^\d{12}$/.test(name) || /^arn:[\w-]+:iam::\d{12}:root$/.test(name)) return name;
  const own = new RegExp(`^arn:aws:(iam|sts)::${account.id}:(user|role|assumed-role|federated-user)/`).exec(
    name,
  );
  if (own?.[1] === 'sts') return name;
  // Other accounts are not ours to know.
  if (own === null && /^arn:[\w-]+:(iam|sts)::\d{12}:\S+$/.test(name)) return name;
  const id = account.idOf(name);
  if (id !== undefined) return id;
  throw new MalformedPolicy(`Invalid principal in policy: "AWS":"${name}"`);
}

/** The text as it reads now: a principal that is gone shows as its id. */
export function shownText({ text, policy }: PolicyText, account: Directory): string {
  const gone = policy.statements.flatMap(({ principal }) =>
    (principal?.aws ?? []).filter((name) => /^A(IDA|ROA)/.test(name) && account.arnOf(name) === undefined),
  );
  if (gone.length === 0) return text;
  const document = JSON.parse(text) as { Statement: unknown };
  const list = [document.Statement].flat() as { Principal?: { AWS?: string | string[] } }[];
  for (const [at, statement] of list.entries()) {
    const names = statement.Principal?.AWS;
    if (statement.Principal === undefined || names === undefined) continue;
    const kept = policy.statements[at]?.principal?.aws ?? [];
    const shown = [names]
      .flat()
      .map((name, index) => (gone.includes(kept[index] ?? '') ? kept[index] : name));
    statement.Principal.AWS = (Array.isArray(names) ? shown : shown[0]) as string | string[];
  }
  return JSON.stringify(document);
}
