/** The user documentation as the window reads it: made from `docs/*.md` when the page is built. */
import { z } from 'zod';

export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: readonly Inline[] }
  | { readonly em: readonly Inline[] }
  /** `to`: a page of ours, as `page` or `page#anchor`; `href`: https, outside. */
  | { readonly to: string; readonly of: readonly Inline[] }
  | { readonly href: string; readonly of: readonly Inline[] };

export type Block =
  | { readonly heading: readonly Inline[]; readonly depth: number; readonly anchor: string }
  | { readonly p: readonly Inline[] }
  | { readonly pre: string }
  /** `start`: the number of the first item; null for a list without numbers. */
  | { readonly list: readonly (readonly Block[])[]; readonly start: number | null }
  /** The first row is the header; cells of `end` columns are numbers. */
  | { readonly table: readonly (readonly (readonly Inline[])[])[]; readonly end: readonly boolean[] }
  /** Files beside the page; `dark` where there is a picture for dark windows, too. */
  | { readonly picture: string; readonly dark: string | null; readonly alt: string };

const inlineSchema: z.ZodType<Inline> = z.lazy(() =>
  z.union([
    z.string(),
    z.object({ code: z.string() }),
    z.object({ strong: z.array(inlineSchema) }),
    z.object({ em: z.array(inlineSchema) }),
    z.object({ to: z.string(), of: z.array(inlineSchema) }),
    z.object({ href: z.string().startsWith('https://'), of: z.array(inlineSchema) }),
  ]),
);

const blockSchema: z.ZodType<Block> = z.lazy(() =>
  z.union([
    z.object({ heading: z.array(inlineSchema), depth: z.int().min(1).max(6), anchor: z.string() }),
    z.object({ p: z.array(inlineSchema) }),
    z.object({ pre: z.string() }),
    z.object({ list: z.array(z.array(blockSchema)), start: z.int().nullable() }),
    z.object({ table: z.array(z.array(z.array(inlineSchema))), end: z.array(z.boolean()) }),
    z.object({ picture: z.string(), dark: z.string().nullable(), alt: z.string() }),
  ]),
);

const helpPageSchema = z.object({ name: z.string(), title: z.string(), blocks: z.array(blockSchema) });
export type HelpPage = z.infer<typeof helpPageSchema>;

/** In the order of the table of contents, which is the first page. */
export const helpPagesSchema = z.array(helpPageSchema);

/** The name of the first page. */
export const contentsPage = 'README';

/** What people read of some inlines. */
export const textOf = (inlines: readonly Inline[]): string =>
  inlines
    .map((inline) => {
      if (typeof inline === 'string') return inline;
      if ('code' in inline) return inline.code;
      return textOf('strong' in inline ? inline.strong : 'em' in inline ? inline.em : inline.of);
    })
    .join('');

/** `page#anchor` in its two parts; no anchor is ''. */
export function partsOf(target: string): readonly [page: string, anchor: string] {
  const [page = '', anchor = ''] = target.split('#');
  return [page, anchor];
}

/** The blocks of one section: from the heading with this anchor to the next that is as high. */
export function sectionOf({ blocks }: HelpPage, anchor: string): readonly Block[] {
  const start = blocks.findIndex((block) => 'heading' in block && block.anchor === anchor);
  const first = blocks[start];
  if (first === undefined || !('heading' in first)) return [];
  const next = blocks.findIndex(
    (block, place) => place > start && 'heading' in block && block.depth <= first.depth,
  );
  return blocks.slice(start, next === -1 ? undefined : next);
}
