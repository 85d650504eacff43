/** The pages for users: they lead somewhere, and say what the program does. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLinePage, pagePath } from '../../scripts/command-line-page.ts';
import { errorsPage, pagePath as errorsPath } from '../../scripts/errors-page.ts';
import { inlinesOf, readHelpPages } from '../../scripts/help-pages.ts';
import { isExternalAddress } from '../../src/main/hosts/electron/external-address.ts';
import { commandsFor } from '../../src/renderer/app/palette/commands.ts';
import { errorTopic, topics } from '../../src/renderer/help/topics.ts';
import { renderPath } from '../../src/shared/directory-path.ts';
import { errorCodes } from '../../src/shared/errors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');
const docs = join(root, 'docs');
const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));

/** Every place that a link may name: pages, and headings as `page#anchor`. */
const places = (): ReadonlySet<string> =>
  new Set(
    readHelpPages(docs).flatMap(({ name, blocks }) => [
      name,
      ...blocks.flatMap((block) => ('heading' in block ? [`${name}#${block.anchor}`] : [])),
    ]),
  );

describe('the pages in the window', () => {
  it('can be shown, and every link in them leads to a page, an anchor or an allowed host', () => {
    const outside = readHelpPages(docs)
      .flatMap(({ blocks }) => inlinesOf(blocks))
      .flatMap((inline) => (typeof inline === 'object' && 'href' in inline ? [inline.href] : []));
    expect(outside.filter((href) => !isExternalAddress(href))).toEqual([]);
    expect(outside.length).toBeGreaterThan(0);
  });

  it.each(['no-such-page.md', 'files.md#no-such-anchor'])('refuses a link to %s', (link) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'README.md'), `# All\n\n[files](files.md) [it](${link})\n`);
    writeFileSync(join(folder, 'files.md'), '# Files\n');
    expect(() => readHelpPages(folder)).toThrow('no such place');
  });

  it('refuses HTML', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'README.md'), '# All\n\n<script>alert(1)</script>\n');
    expect(() => readHelpPages(folder)).toThrow('cannot show html');
  });

  it.each(Object.entries(topics))('has what the screen "%s" links to: %s', (_, target) => {
    expect(places()).toContain(target);
  });

  it('has what the command palette opens, and the palette opens every page', () => {
    const opened = commandsFor({ pipelines: [], sources: [], destinations: [] }).flatMap(({ deed }) =>
      deed.do === 'help' ? [deed.at] : [],
    );
    const forMaintainers = ['releasing'];
    const all = pages.map((name) => name.slice(0, -3)).filter((name) => !forMaintainers.includes(name));
    expect(opened.toSorted()).toEqual(all.toSorted());
  });

  it('explains every error; after a change: node scripts/errors-page.ts', () => {
    const known = places();
    expect(errorCodes.filter((code) => !known.has(errorTopic(code)))).toEqual([]);
    expect(readFileSync(errorsPath, 'utf8')).toBe(errorsPage());
  });
});

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
