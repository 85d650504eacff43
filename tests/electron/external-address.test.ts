import { describe, expect, it } from 'vitest';
import { isExternalAddress } from '../../src/main/hosts/electron/external-address.ts';

describe('addresses that may leave the app', () => {
  it.each([
    'https://console.aws.amazon.com/iam/home#/policies',
    'https://eu-central-1.console.aws.amazon.com/s3/buckets/b',
    'https://123456789012-abcdefgh.eu-central-1.console.aws.amazon.com/s3',
    'https://s3.console.aws.amazon.com/s3/home',
    'https://console.amazonaws-us-gov.com/',
    'https://us-gov-west-1.console.amazonaws-us-gov.com/',
    'https://cn-north-1.console.amazonaws.cn/s3',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/',
  ])('%s', (url) => {
    expect(isExternalAddress(url)).toBe(true);
  });

  it.each([
    'http://console.aws.amazon.com/',
    'https://console.aws.amazon.com:8443/',
    'https://user@console.aws.amazon.com/',
    'https://:word@docs.aws.amazon.com/',
    'https://console.aws.amazon.com.evil.example/',
    'https://evilconsole.aws.amazon.com/',
    'https://evil.docs.aws.amazon.com/',
    'https://aws.amazon.com/',
    'https://evil.example/?https://docs.aws.amazon.com/',
    'https://evil.example\\@docs.aws.amazon.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://docs.aws.amazon.com/share',
    'app://sluice/index.html',
    'docs.aws.amazon.com',
    '',
  ])('but not %s', (url) => {
    expect(isExternalAddress(url)).toBe(false);
  });
});
