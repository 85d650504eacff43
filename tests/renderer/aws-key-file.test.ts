import { describe, expect, it } from 'vitest';
import { keyOfFile } from '../../src/renderer/pages/destinations/aws-key-file.ts';

const key = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLE=KY',
};
const { accessKeyId, secretAccessKey } = key;
const plain = ['Access key ID,Secret access key', `${accessKeyId},${secretAccessKey}`];
const withUser = (name: string, password: string) => [
  'User name,Password,Access key ID,Secret access key,Console login link',
  `${name},${password},${accessKeyId},${secretAccessKey},https://123456789012.signin.aws.amazon.com/console`,
];

describe('the .csv of AWS', () => {
  it.each([
    ['as it comes', plain.join('\n')],
    ['with a byte order mark and the line ends of Windows', `\uFEFF${plain.join('\r\n')}\r\n`],
    ['with an empty line behind', `${plain.join('\n')}\n\n`],
    ['quoted', plain.map((line) => line.replaceAll(/[^,]+/g, '"$&"')).join('\n')],
    [
      'with spaces and other capitals',
      `access key id , SECRET ACCESS KEY\n ${accessKeyId} , ${secretAccessKey} `,
    ],
    ['in the older form', withUser('anna', '').join('\r\n')],
    ['in the older form with a byte order mark', `\uFEFF${withUser('anna', '').join('\n')}`],
    ['with a password of odd characters', withUser('anna', 'a;b"c\'').join('\n')],
    ['with a quoted password', withUser('anna', '"a,""b"').join('\n')],
  ])('%s', (_, text) => {
    expect(keyOfFile(text)).toEqual(key);
  });

  it.each([
    ['nothing', '', /no columns/],
    ['another table', 'name,secret\nanna,x', /no columns/],
    ['no table', '"', /no columns/],
    ['a picture', '\u0000\uFFFDPNG\r\n\u001a', /no columns/],
    ['no key below the names', plain[0], /no access key/],
    ['half a key', `${plain[0]}\n${accessKeyId},`, /no access key/],
    ['two keys', [...plain, plain[1]].join('\n'), /2 keys/],
    ["a root user's key", `AWSAccessKeyId=${accessKeyId}\nAWSSecretKey=${secretAccessKey}`, /root user/],
    ['a torn line', `Access key ID,"Secret\n${accessKeyId},${secretAccessKey}`, /no columns/],
  ])('%s is refused in a sentence that does not quote it', (_, text = '', words) => {
    const result = keyOfFile(text);
    expect(result).toEqual({ problem: expect.stringMatching(words) });
    expect(JSON.stringify(result)).not.toContain(secretAccessKey);
    expect(JSON.stringify(result)).not.toContain(accessKeyId);
  });
});
