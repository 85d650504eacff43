/** Finds words in the pages of the documentation. Pure. */
import { type Block, type HelpPage, textOf } from '../../shared/help-pages.ts';

export interface Found {
  /** `page` or `page#anchor`. */
  readonly at: string;
  readonly title: string;
  readonly heading: string;
  /** Some words around the first that was found. */
  readonly snippet: string;
}

/** So many are shown. */
export const mostFound = 20;

const around = 60;

/** Sections that hold every word, in any order; those first that have all in their heading. */
export function search(pages: readonly HelpPage[], typed: string): readonly Found[] {
  const words = typed
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const [first] = words;
  if (first === undefined) return [];
  const hits = pages.flatMap(sectionsOf).flatMap(({ text, ...section }) => {
    const heading = section.heading.toLowerCase();
    const all = `${heading} ${text.toLowerCase()}`;
    if (!words.every((word) => all.includes(word))) return [];
    const rank = words.every((word) => heading.includes(word)) ? 0 : 1;
    return [{ rank, hit: { ...section, snippet: snippetOf(text, first) } }];
  });
  return hits
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ hit }) => hit)
    .slice(0, mostFound);
}

function snippetOf(text: string, word: string): string {
  const place = Math.max(0, text.toLowerCase().indexOf(word));
  const start = place <= around ? 0 : text.indexOf(' ', place - around) + 1;
  const piece = text.slice(start, start + 2 * around + word.length);
  return `${start > 0 ? '… ' : ''}${piece}${start + piece.length < text.length ? ' …' : ''}`;
}

interface Section {
  readonly at: string;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

function sectionsOf({ name, title, blocks }: HelpPage): readonly Section[] {
  const sections: { at: string; heading: string; texts: string[] }[] = [
    { at: name, heading: title, texts: [] },
  ];
  for (const block of blocks) {
    if ('heading' in block) {
      sections.push({ at: `${name}#${block.anchor}`, heading: textOf(block.heading), texts: [] });
    } else sections.at(-1)?.texts.push(wordsOf(block));
  }
  return sections.map(({ at, heading, texts }) => ({ at, title, heading, text: texts.join(' ') }));
}

function wordsOf(block: Block): string {
  if ('p' in block) return textOf(block.p);
  if ('pre' in block) return block.pre;
  if ('list' in block) return block.list.flat().map(wordsOf).join(' ');
  if ('table' in block) return block.table.flat().map(textOf).join(' ');
  return '';
}
