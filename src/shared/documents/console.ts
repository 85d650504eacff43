/** Pages of the AWS console, which each partition has on hosts of its own. */

/** The isolated partitions are left out: their consoles are known to those who may use them. */
const hosts: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/** Every host under which, or below which, a console is. */
export const consoleHosts: readonly string[] = Object.values(hosts);

export interface ConsoleLinks {
  readonly createBucket: string;
  readonly createPolicy: string;
  readonly createRole: string;
  readonly roles: string;
  readonly createUser: string;
  readonly users: string;
  readonly createStack: string;
}

/**
 * Undefined for a partition whose console is not known.
 * @param region '' for the one that the console opens with
 */
export function consoleLinks(partition: string, region: string): ConsoleLinks | undefined {
  const host = Object.hasOwn(hosts, partition) ? hosts[partition] : undefined;
  if (host === undefined) return undefined;
  const known = /^[a-z0-9-]+$/.test(region);
  const regional = `https://${known ? `${region}.` : ''}${host}`;
  const query = known ? `region=${region}` : '';
  const iam = `https://${host}/iam/home#`;
  return {
    createBucket: `${regional}/s3/bucket/create?${[query, 'bucketType=general'].filter(Boolean).join('&')}`,
    createPolicy: `${iam}/policies/create`,
    // With a trusted account in its address this page would offer to trust that whole account.
    createRole: `${iam}/roles/create`,
    roles: `${iam}/roles`,
    createUser: `${iam}/users/create`,
    users: `${iam}/users`,
    createStack: `${regional}/cloudformation/home${query === '' ? '' : `?${query}`}#/stacks/create`,
  };
}
