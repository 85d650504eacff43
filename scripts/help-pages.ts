/**
 * Reads docs/*.md for the window: a small tree that the page draws by itself, so that neither a parser nor HTML
 * gets into it. What the window could not show stops the build, and so does a link that leads nowhere.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import GithubSlugger from 'github-slugger';
import type { Nodes, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Plugin } from 'vite';
import { type Block, contentsPage, type HelpPage, type Inline, textOf } from '../src/shared/help-pages.ts';

/** A picture for light and dark, as GitHub knows it. */
const twoPictures =
  /^<picture>\s*<source media="\(prefers-color-scheme: dark\)" srcset="(images\/[\w-]+\.png)">\s*<img alt="([^"<&]+)" src="(images\/[\w-]+\.png)"(?: width="\d+")?>\s*<\/picture>$/;

/**
 * @param docs the folder of the pages
 * @throws Error with every place that cannot be shown or leads nowhere
 */
export function readHelpPages(docs: string): readonly HelpPage[] {
  const names = readdirSync(docs).flatMap((name) => (name.endsWith('.md') ? [name.slice(0, -3)] : []));
  const problems: string[] = [];
  const pages = names.map((name) => readPage(docs, name, problems));
  const targets = new Set(pages.flatMap(({ name, blocks }) => [name, ...anchorsOf(name, blocks)]));
  const links = (name: string): readonly string[] =>
    linksOf(pages.find((page) => page.name === name)?.blocks ?? []);
  for (const name of names) {
    for (const link of links(name))
      if (!targets.has(link)) problems.push(`${name}.md: no such place: ${link}`);
  }
  const order = [contentsPage, ...links(contentsPage).map((link) => link.replace(/#.*/, ''))];
  for (const name of names) if (!order.includes(name)) problems.push(`${name}.md is not in the contents`);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return pages.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

function readPage(docs: string, name: string, problems: string[]): HelpPage {
  const tree = fromMarkdown(readFileSync(join(docs, `${name}.md`), 'utf8'), {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const slugger = new GithubSlugger();
  const refuse = (node: Nodes, why = `cannot show ${node.type}`): void => {
    problems.push(`${name}.md:${node.position?.start.line ?? 0}: ${why}`);
  };

  const inlineOf = (node: PhrasingContent): Inline[] => {
    switch (node.type) {
      case 'text':
        return [node.value.replace(/\n/g, ' ')];
      case 'inlineCode':
        return [{ code: node.value }];
      case 'strong':
        return [{ strong: inlines(node.children) }];
      case 'emphasis':
        return [{ em: inlines(node.children) }];
      case 'link': {
        const of = inlines(node.children);
        if (node.url.startsWith('https://')) return [{ href: node.url, of }];
        const [, file, anchor] = /^([\w-]+)?(?:\.md)?(?:#(.+))?$/.exec(node.url) ?? [];
        if (file === undefined && anchor === undefined) refuse(node, `cannot follow ${node.url}`);
        return [{ to: [file ?? name, ...(anchor === undefined ? [] : [anchor])].join('#'), of }];
      }
      default:
        refuse(node);
        return [];
    }
  };
  const inlines = (nodes: readonly PhrasingContent[]): Inline[] => nodes.flatMap(inlineOf);

  const picture = (node: Nodes, file: string, dark: string | null, alt: string): Block => {
    for (const one of [file, dark]) {
      if (one !== null && !existsSync(join(docs, one))) refuse(node, `there is no ${one}`);
    }
    if (alt === '') refuse(node, 'a picture without words');
    return { picture: file, dark, alt };
  };

  const blockOf = (node: RootContent): Block[] => {
    switch (node.type) {
      case 'heading': {
        const heading = inlines(node.children);
        return [{ heading, depth: node.depth, anchor: slugger.slug(textOf(heading)) }];
      }
      case 'paragraph': {
        const [only, ...others] = node.children;
        if (only?.type === 'image' && others.length === 0) {
          return [picture(node, only.url, null, only.alt ?? '')];
        }
        return [{ p: inlines(node.children) }];
      }
      case 'code':
        return [{ pre: node.value }];
      case 'list':
        return [
          {
            list: node.children.map((item) => item.children.flatMap(blockOf)),
            start: node.ordered === true ? (node.start ?? 1) : null,
          },
        ];
      case 'table':
        return [
          {
            table: node.children.map((row) => row.children.map((cell) => inlines(cell.children))),
            end: (node.align ?? []).map((align) => align === 'right'),
          },
        ];
      case 'html': {
        const [, dark, alt, light] = twoPictures.exec(node.value.trim()) ?? [];
        if (dark !== undefined && alt !== undefined && light !== undefined)
          return [picture(node, light, dark, alt)];
        refuse(node);
        return [];
      }
      default:
        refuse(node);
        return [];
    }
  };

  const blocks = tree.children.flatMap(blockOf);
  const [first, ...rest] = blocks;
  if (first === undefined || !('heading' in first) || first.depth !== 1) {
    throw new Error(`${name}.md does not begin with its title`);
  }
  return { name, title: textOf(first.heading), blocks: rest };
}

const anchorsOf = (name: string, blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) => ('heading' in block ? [`${name}#${block.anchor}`] : []));

/** Every inline of a page, the nested ones too. */
export function inlinesOf(blocks: readonly Block[]): readonly Inline[] {
  const inside = (inline: Inline): Inline[] => {
    if (typeof inline === 'string' || 'code' in inline) return [inline];
    const within = 'strong' in inline ? inline.strong : 'em' in inline ? inline.em : inline.of;
    return [inline, ...within.flatMap(inside)];
  };
  return blocks.flatMap((block) => {
    if ('heading' in block) return block.heading.flatMap(inside);
    if ('p' in block) return block.p.flatMap(inside);
    if ('list' in block) return block.list.flatMap((item) => inlinesOf(item));
    if ('table' in block) return block.table.flat(2).flatMap(inside);
    return [];
  });
}

const linksOf = (blocks: readonly Block[]): string[] =>
  inlinesOf(blocks).flatMap((inline) => (typeof inline === 'object' && 'to' in inline ? [inline.to] : []));

/** Writes `help.json` and the pictures that it names beside the page. */
export function shipHelp(root: string): Plugin {
  const docs = join(root, 'docs');
  return {
    name: 'sluice-help',
    apply: 'build',
    generateBundle() {
      const pages = readHelpPages(docs);
      this.emitFile({ type: 'asset', fileName: 'help.json', source: JSON.stringify(pages) });
      const pictures = pages
        .flatMap(({ blocks }) => blocks)
        .flatMap((block) =>
          'picture' in block ? [block.picture, ...(block.dark === null ? [] : [block.dark])] : [],
        );
      for (const picture of new Set(pictures)) {
        this.emitFile({
          type: 'asset',
          fileName: `help/${picture}`,
          source: readFileSync(join(docs, picture)),
        });
      }
    },
  };
}
