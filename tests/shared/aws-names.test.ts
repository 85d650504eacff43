import { describe, expect, it } from 'vitest';
import {
  bucketNameProblem,
  isExternalId,
  isPartition,
  parseArn,
  roleArnProblem,
} from '../../src/shared/aws-names.ts';

describe('bucket names', () => {
  it.each([
    'abc',
    'a-b.c-1',
    '0'.repeat(63),
    'my.bucket',
    '1.2.3',
    '1.2.3.4.5',
    'a--b',
    'sthree',
    'x-s3',
    'a--x-s3b',
  ])('%s is one', (name) => {
    expect(bucketNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['', '3 to 63'],
    ['ab', '3 to 63'],
    ['a'.repeat(64), '3 to 63'],
    ['Abc', 'capital'],
    ['a_b', 'not "_"'],
    ['a b', 'not " "'],
    ['a*b', 'not "*"'],
    ['a${b}', 'not "$"'],
    ['büro', 'not "ü"'],
    ['a😀b', 'not "😀"'],
    ['abc\n', 'not "\\n"'],
    ['-abc', 'begins and ends'],
    ['abc-', 'begins and ends'],
    ['.abc', 'begins and ends'],
    ['abc.', 'begins and ends'],
    ['a..b', 'two dots'],
    ['192.168.5.4', 'IP address'],
    ['xn--abc', 'xn--'],
    ['sthree-abc', 'sthree-'],
    ['amzn-s3-demo-abc', 'amzn-s3-demo-'],
    ['abc-s3alias', '-s3alias'],
    ['abc--ol-s3', '--ol-s3'],
    ['abc.mrap', '.mrap'],
    ['abc--x-s3', '--x-s3'],
    ['abc--table-s3', '--table-s3'],
    ['arn:aws:s3:::abc', 'alone'],
    ['s3://abc', 'alone'],
    ['abc/def', 'alone'],
  ])('%j is none', (name, words) => {
    expect(bucketNameProblem(name)).toContain(words);
  });
});

describe('external IDs', () => {
  it.each(['ab', 'a'.repeat(1224), 'd12d74f4-d647-4929-a5a6-d329afd916f4', '_+=,.@:/-'])('%s', (id) => {
    expect(isExternalId(id)).toBe(true);
  });

  it.each(['', 'a', 'a'.repeat(1225), 'a b', 'ab\n', 'ä-ä', 'a*', '${a}', 'a"b'])('not %j', (id) => {
    expect(isExternalId(id)).toBe(false);
  });
});

describe('ARNs', () => {
  it('fall into their parts', () => {
    expect(parseArn('arn:aws-cn:sts::123456789012:assumed-role/R/S:1')).toEqual({
      partition: 'aws-cn',
      service: 'sts',
      region: '',
      account: '123456789012',
      resource: 'assumed-role/R/S:1',
    });
    expect(parseArn('arn:aws:s3:::bucket/a')?.resource).toBe('bucket/a');
  });

  it.each([
    '',
    'arn',
    'arn:aws:iam',
    'arn:aws:iam::1:',
    'arn:gcp:iam::1:x',
    'arn:aws*:iam::1:x',
    ' arn:aws:iam::1:x',
  ])('do not look like %j', (text) => {
    expect(parseArn(text)).toBeUndefined();
  });

  it('have a partition', () => {
    expect(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso-b'].every(isPartition)).toBe(true);
    expect(['', 'AWS', 'aws-', 'aws:', 'aws*', 'xaws'].some(isPartition)).toBe(false);
  });
});

describe('role ARNs', () => {
  it.each([
    'arn:aws:iam::123456789012:role/R',
    'arn:aws-us-gov:iam::123456789012:role/a/b/R+=,.@-_1',
    `arn:aws:iam::123456789012:role/${'r'.repeat(64)}`,
  ])('%s', (arn) => {
    expect(roleArnProblem(arn)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['my-role', 'not an ARN'],
    [' arn:aws:iam::123456789012:role/R', 'not an ARN'],
    ['arn:aws:iam::123456789012:user/U', 'of a user'],
    ['arn:aws:sts::123456789012:assumed-role/R/S', 'of a session'],
    ['arn:aws:iam::123456789012:instance-profile/P', 'instance profile'],
    ['arn:aws:iam::12345678901:role/R', '12 digits'],
    ['arn:aws:iam::123456789012:role/', 'not the ARN of a role'],
    ['arn:aws:iam::123456789012:role/*', 'not the ARN of a role'],
    ['arn:aws:iam::123456789012:role/a/*/R', 'not the ARN of a role'],
    ['arn:aws:iam::123456789012:role//R', 'not the ARN of a role'],
    ['arn:aws:iam:eu-west-1:123456789012:role/R', 'not the ARN of a role'],
    ['arn:aws:s3:::bucket', 'not the ARN of a role'],
    [`arn:aws:iam::123456789012:role/${'r'.repeat(65)}`, 'not the ARN of a role'],
  ])('not %j', (arn, words) => {
    expect(roleArnProblem(arn)).toContain(words);
  });
});
