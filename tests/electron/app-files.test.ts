/** The answers of the own scheme, without a browser that would tidy the addresses first. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerAppRequest } from '../../src/main/hosts/electron/app-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function pageFolder(): string {
  const root = temporaryFolder();
  const folder = join(root, 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  mkdirSync(join(root, 'renderer-other'));
  writeFileSync(join(folder, 'index.html'), 'the page');
  writeFileSync(join(folder, 'assets/a b.js'), 'script');
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(root, 'renderer-other/secret.txt'), 'secret');
  symlinkSync(join(root, 'secret.txt'), join(folder, 'link.txt'));
  symlinkSync(join(folder, 'index.html'), join(folder, 'inside.html'));
  return folder;
}

const get = (url: string, folder = pageFolder()): Promise<Response> =>
  answerAppRequest(folder, { method: 'GET', url });

describe('files of the page', () => {
  it.each([
    ['app://sluice', 'the page', 'text/html; charset=utf-8'],
    ['app://sluice/', 'the page', 'text/html; charset=utf-8'],
    ['app://sluice/index.html?x#y', 'the page', 'text/html; charset=utf-8'],
    ['app://sluice/inside.html', 'the page', 'text/html; charset=utf-8'],
    ['app://sluice/assets/a%20b.js', 'script', 'text/javascript; charset=utf-8'],
  ])('%s', async (url, text, type) => {
    const answer = await get(url);
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
      200,
      text,
      type,
    ]);
  });

  it.each([
    'app://sluice/../secret.txt',
    'app://sluice/..%2fsecret.txt',
    'app://sluice/assets/..%2f..%2fsecret.txt',
    'app://sluice/%2e%2e/renderer-other/secret.txt',
    'app://sluice/..%2frenderer-other/secret.txt',
    'app://sluice/..%5csecret.txt',
    'app://sluice/..\\secret.txt',
    'app://sluice//etc/passwd',
    'app://sluice/%2fetc/passwd',
    'app://sluice/link.txt',
    'app://sluice/assets',
    'app://sluice/index.html/x',
    'app://sluice/%00',
    'app://sluice/%ff',
    `app://sluice/${'a'.repeat(5000)}`,
    'app://sluice.evil/index.html',
    'app://evil/index.html',
    'app://sluice:1/index.html',
    'app:///index.html',
    'app:index.html',
    'http://sluice/index.html',
    'not an address',
  ])('no file: %s', async (url) => {
    const answer = await get(url);
    expect([answer.status, await answer.text()]).toEqual([404, 'There is no such file']);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('says which method is right', async () => {
    const answer = await answerAppRequest(pageFolder(), { method: 'POST', url: 'app://sluice/' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET']);
  });
});
