/**
 * The regions of AWS by name, as the AWS SDK lists them (partitions.js of @aws-sdk/core 3; a test compares the
 * two). The isolated partitions are left out: whoever may use one knows its region and can type it.
 */
import { parseArn } from './aws-names.ts';

export interface Region {
  readonly id: string;
  readonly name: string;
  /** aws, aws-cn, aws-us-gov, aws-eusc. */
  readonly partition: string;
}

export const regions: readonly Region[] = [
  { id: 'af-south-1', name: 'Africa (Cape Town)', partition: 'aws' },
  { id: 'ap-east-1', name: 'Asia Pacific (Hong Kong)', partition: 'aws' },
  { id: 'ap-east-2', name: 'Asia Pacific (Taipei)', partition: 'aws' },
  { id: 'ap-northeast-1', name: 'Asia Pacific (Tokyo)', partition: 'aws' },
  { id: 'ap-northeast-2', name: 'Asia Pacific (Seoul)', partition: 'aws' },
  { id: 'ap-northeast-3', name: 'Asia Pacific (Osaka)', partition: 'aws' },
  { id: 'ap-south-1', name: 'Asia Pacific (Mumbai)', partition: 'aws' },
  { id: 'ap-south-2', name: 'Asia Pacific (Hyderabad)', partition: 'aws' },
  { id: 'ap-southeast-1', name: 'Asia Pacific (Singapore)', partition: 'aws' },
  { id: 'ap-southeast-2', name: 'Asia Pacific (Sydney)', partition: 'aws' },
  { id: 'ap-southeast-3', name: 'Asia Pacific (Jakarta)', partition: 'aws' },
  { id: 'ap-southeast-4', name: 'Asia Pacific (Melbourne)', partition: 'aws' },
  { id: 'ap-southeast-5', name: 'Asia Pacific (Malaysia)', partition: 'aws' },
  { id: 'ap-southeast-6', name: 'Asia Pacific (New Zealand)', partition: 'aws' },
  { id: 'ap-southeast-7', name: 'Asia Pacific (Thailand)', partition: 'aws' },
  { id: 'ca-central-1', name: 'Canada (Central)', partition: 'aws' },
  { id: 'ca-west-1', name: 'Canada West (Calgary)', partition: 'aws' },
  { id: 'eu-central-1', name: 'Europe (Frankfurt)', partition: 'aws' },
  { id: 'eu-central-2', name: 'Europe (Zurich)', partition: 'aws' },
  { id: 'eu-north-1', name: 'Europe (Stockholm)', partition: 'aws' },
  { id: 'eu-south-1', name: 'Europe (Milan)', partition: 'aws' },
  { id: 'eu-south-2', name: 'Europe (Spain)', partition: 'aws' },
  { id: 'eu-west-1', name: 'Europe (Ireland)', partition: 'aws' },
  { id: 'eu-west-2', name: 'Europe (London)', partition: 'aws' },
  { id: 'eu-west-3', name: 'Europe (Paris)', partition: 'aws' },
  { id: 'il-central-1', name: 'Israel (Tel Aviv)', partition: 'aws' },
  { id: 'me-central-1', name: 'Middle East (UAE)', partition: 'aws' },
  { id: 'me-south-1', name: 'Middle East (Bahrain)', partition: 'aws' },
  { id: 'me-west-1', name: 'Middle East (Saudi Arabia)', partition: 'aws' },
  { id: 'mx-central-1', name: 'Mexico (Central)', partition: 'aws' },
  { id: 'sa-east-1', name: 'South America (Sao Paulo)', partition: 'aws' },
  { id: 'sa-west-1', name: 'South America (Chile)', partition: 'aws' },
  { id: 'us-east-1', name: 'US East (N. Virginia)', partition: 'aws' },
  { id: 'us-east-2', name: 'US East (Ohio)', partition: 'aws' },
  { id: 'us-west-1', name: 'US West (N. California)', partition: 'aws' },
  { id: 'us-west-2', name: 'US West (Oregon)', partition: 'aws' },
  { id: 'cn-north-1', name: 'China (Beijing)', partition: 'aws-cn' },
  { id: 'cn-northwest-1', name: 'China (Ningxia)', partition: 'aws-cn' },
  { id: 'eusc-de-east-1', name: 'AWS European Sovereign Cloud (Germany)', partition: 'aws-eusc' },
  { id: 'us-gov-east-1', name: 'AWS GovCloud (US-East)', partition: 'aws-us-gov' },
  { id: 'us-gov-west-1', name: 'AWS GovCloud (US-West)', partition: 'aws-us-gov' },
];

export const regionNamed = (id: string): Region | undefined => regions.find((region) => region.id === id);

/** The region as screens show it: "Asia Pacific (Singapore) ap-southeast-1"; an unknown one by its code alone. */
export function regionTitle(id: string): string {
  const region = regionNamed(id);
  return region === undefined ? id : `${region.name} ${id}`;
}

/** The partition of a destination: its role's, else its region's, else AWS's own. */
export const partitionOf = (roleArn: string | undefined, region: string): string =>
  (roleArn === undefined ? undefined : parseArn(roleArn)?.partition) ??
  regionNamed(region)?.partition ??
  'aws';
