import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  addKnownKey,
  fingerprintOf,
  hostNameOf,
  keyTypeOf,
  knownKeys,
} from '../../../src/main/sources/tunnel/known-hosts.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A public key of that type: its name, then whatever belongs to it. */
const keyOf = (type: string, filler = 1): Buffer => {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, Buffer.alloc(32, filler)]);
};
const row = (hosts: string, type = 'ssh-ed25519', filler = 1): string =>
  `${hosts} ${type} ${keyOf(type, filler).toString('base64')}`;

function knownIn(text: string, name: string) {
  const file = join(temporaryFolder(), 'known_hosts');
  writeFileSync(file, text);
  return knownKeys([file], name).map(({ line, marker }) => (marker === null ? line : `${line} ${marker}`));
}

test('a name as ssh writes it: its own port is left out, case does not matter', () => {
  expect(hostNameOf('Bastion.Example', 22)).toBe('bastion.example');
  expect(hostNameOf('bastion.example', 2222)).toBe('[bastion.example]:2222');
  expect(hostNameOf('::1', 22)).toBe('::1');
});

test('the fingerprint is the one that ssh shows', () => {
  // ssh-keygen -l -f of this key
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl'; // github.com, published
  expect(fingerprintOf(Buffer.from(key, 'base64'))).toBe(
    'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
  );
});

test('what is no key has no type', () => {
  expect(keyTypeOf(Buffer.alloc(0))).toBe('');
  expect(keyTypeOf(Buffer.from('ffffffff41', 'hex'))).toBe('');
  expect(keyTypeOf(keyOf('ssh-rsa'))).toBe('ssh-rsa');
});

test('several rows, several names, markers and comments; other hosts and other ports are others', () => {
  const text = [
    '# comment',
    '',
    row('a.example,B.example'),
    `${row('a.example', 'ssh-rsa')} a comment`,
    row('[a.example]:2222'),
    `@revoked ${row('*')}`,
    `@cert-authority ${row('*.example')}`,
    `@other ${row('a.example')}`,
  ].join('\r\n');
  expect(knownIn(text, 'a.example')).toEqual([3, 4, '6 revoked', '7 cert-authority']);
  expect(knownIn(text, 'b.example')).toEqual([3, '6 revoked', '7 cert-authority']);
  expect(knownIn(text, '[a.example]:2222')).toEqual([5, '6 revoked']);
});

test('wildcards, and what they leave out', () => {
  const text = [row('*.example,!secret.example'), row('db?.in.example'), row('a+b.example')].join('\n');
  expect(knownIn(text, 'x.example')).toEqual([1]);
  expect(knownIn(text, 'secret.example')).toEqual([]);
  expect(knownIn(text, 'db1.in.example')).toEqual([1, 2]);
  expect(knownIn(text, 'aab.example')).toEqual([1]);
  expect(knownIn(text, 'examplex')).toEqual([]);
});

test('hashed names', () => {
  const salt = Buffer.alloc(20, 7);
  const hash = createHmac('sha1', salt).update('[h.example]:23').digest('base64');
  const text = row(`|1|${salt.toString('base64')}|${hash}`);
  expect(knownIn(text, '[h.example]:23')).toEqual([1]);
  expect(knownIn(text, 'h.example')).toEqual([]);
  expect(knownIn(text.replace('|1|', '|2|'), '[h.example]:23')).toEqual([]);
  expect(knownIn(row('|1|||'), 'h')).toEqual([]);
});

test('rows that are cut off or lie about their type say nothing', () => {
  const right = keyOf('ssh-ed25519').toString('base64');
  const text = [
    'h',
    'h ssh-ed25519',
    'h ssh-ed25519 !!!!',
    `h ssh-rsa ${right}`,
    'h 1024 35 123456789',
    '@revoked',
  ];
  expect(knownIn(text.join('\n'), 'h')).toEqual([]);
});

test('files that are not there say nothing; others are not passed over', () => {
  const folder = temporaryFolder();
  expect(knownKeys([join(folder, 'none')], 'h')).toEqual([]);
  expect(() => knownKeys([folder], 'h')).toThrow(/EISDIR/);
});

test('a key is added on a row of its own, for this user alone', () => {
  const file = join(temporaryFolder(), 'new', 'known_hosts');
  addKnownKey(file, 'one', keyOf('ssh-ed25519'));
  expect(existsSync(file)).toBe(true);
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
  writeFileSync(file, readFileSync(file, 'utf8').trimEnd());
  addKnownKey(file, 'two', keyOf('ssh-rsa'));
  expect(readFileSync(file, 'utf8')).toBe(`${row('one')}\n${row('two', 'ssh-rsa')}\n`);
  expect(knownKeys([file], 'two')).toMatchObject([{ type: 'ssh-rsa', line: 2 }]);
});
