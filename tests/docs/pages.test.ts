/** The pages for users: they lead somewhere, and say what the program does. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLinePage, pagePath } from '../../scripts/command-line-page.ts';
import { renderPath } from '../../src/shared/directory-path.ts';

const root = join(import.meta.dirname, '../..');
const docs = join(root, 'docs');
const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));

describe('the pages for users', () => {
  it.each(['README.md', ...pages.map((name) => `docs/${name}`)])('%s links to what is there', (name) => {
    const path = join(root, name);
    const text = readFileSync(path, 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(dirname(path), link)))).toEqual([]);
  });

  it('are all in their table of contents', () => {
    const contents = readFileSync(join(docs, 'README.md'), 'utf8');
    expect(pages.filter((name) => name !== 'README.md' && !contents.includes(`(${name})`))).toEqual([]);
  });

  it('show the commands as they are; after a change: node scripts/command-line-page.ts', () => {
    expect(readFileSync(pagePath, 'utf8')).toBe(commandLinePage());
  });

  it('show a path as the rule makes it', () => {
    const { path, firstKey } = renderPath({
      ...{ pathPrefix: 's3-dest', destinationPrefix: 's3_1', database: 'db1', schema: 'public' },
      object: 'table_1',
      partitionKey: ['YEAR', 'MONTH', 'DAY', 'JOB_ID'].map((name) => `\${${name}}`).join('/'),
      at: new Date('2024-11-27T00:00:00Z'),
      jobId: 'd12d74f4-d647-4929-a5a6-d329afd916f4',
      timeZone: 'UTC',
    });
    const page = readFileSync(join(docs, 'path-rule.md'), 'utf8');
    expect(page).toContain(`\n${path}\n`);
    expect(page).toContain(`\`${firstKey.slice(path.length)}\``);
  });
});
