/** What the palette offers, and what of it fits what was typed. Pure. */
import type { Destination, Pipeline, Source } from '../../../shared/model.ts';
import type { Theme } from '../themes.ts';

export type Deed =
  | { readonly do: 'go'; readonly address: string }
  | { readonly do: 'load'; readonly pipeline: string }
  | { readonly do: 'test'; readonly destination: string }
  | { readonly do: 'theme'; readonly theme: Theme }
  | { readonly do: 'help'; readonly at: string }
  | { readonly do: 'about' };

export interface Command {
  readonly id: string;
  /** As it is shown and looked for, e.g. `Load daily`. */
  readonly title: string;
  readonly deed: Deed;
}

export interface Known {
  readonly pipelines: readonly Pick<Pipeline, 'name'>[];
  readonly sources: readonly Pick<Source, 'name'>[];
  readonly destinations: readonly Pick<Destination, 'name'>[];
}

const pages: readonly (readonly [title: string, address: string])[] = [
  ['Go to Home', '/'],
  ['Go to Pipelines', '/pipelines'],
  ['Go to History', '/jobs'],
  ['Go to Sources', '/sources'],
  ['Go to Destinations', '/destinations'],
  ['Go to Workspace', '/workspace'],
  ['New pipeline', '/pipelines/new'],
  ['New source', '/sources/new'],
  ['New destination', '/destinations/new'],
];

/** The pages of the documentation; they open beside the work. */
const helpPages: readonly (readonly [title: string, at: string])[] = [
  ['Help: all pages', 'README'],
  ['Help: getting started', 'getting-started'],
  ['Help: access setup', 'access-setup'],
  ['Help: path rule', 'path-rule'],
  ['Help: CSV files', 'csv'],
  ['Help: types', 'types'],
  ['Help: files as a source', 'files'],
  ['Help: SSH tunnel', 'ssh-tunnel'],
  ['Help: proof and recovery', 'recovery-and-proof'],
  ['Help: errors', 'errors'],
  ['Help: troubleshooting', 'troubleshooting'],
  ['Help: security', 'security'],
  ['Help: workspace file', 'workspace-file'],
  ['Help: command line', 'command-line'],
  ['Help: words', 'glossary'],
  ['Help: benchmarks', 'benchmarks'],
];

const themes: readonly (readonly [title: string, theme: Theme])[] = [
  ['Appearance: as the system', 'system'],
  ['Appearance: light', 'light'],
  ['Appearance: dark', 'dark'],
];

/** Everything that can be done from anywhere, the pages first. */
export function commandsFor({ pipelines, sources, destinations }: Known): readonly Command[] {
  const named = (words: string, name: string, deed: Deed): Command => command(`${words} ${name}`, deed);
  const open = (section: string, name: string): Deed => ({
    do: 'go',
    address: `/${section}/named/${encodeURIComponent(name)}`,
  });
  return [
    ...pages.map(([title, address]) => command(title, { do: 'go', address })),
    ...pipelines.map(({ name }) => named('Load', name, { do: 'load', pipeline: name })),
    ...pipelines.map(({ name }) => named('Open the pipeline', name, open('pipelines', name))),
    ...sources.map(({ name }) => named('Open the source', name, open('sources', name))),
    ...destinations.map(({ name }) => named('Test', name, { do: 'test', destination: name })),
    ...helpPages.map(([title, at]) => command(title, { do: 'help', at })),
    command('About Sluice', { do: 'about' }),
    ...themes.map(([title, theme]) => command(title, { do: 'theme', theme })),
  ];
}

const command = (title: string, deed: Deed): Command => ({ id: `${deed.do} ${title}`, title, deed });

/** So many are shown: whoever wants another one types a letter more. */
export const mostShown = 50;

/**
 * Those that hold every word that was typed, in any order. First those that begin with all of it, then those of
 * which a word begins with the first; otherwise in the order of the list.
 */
export function fitting(commands: readonly Command[], typed: string): readonly Command[] {
  const text = typed.trim().toLowerCase();
  const words = text.split(/\s+/).filter((word) => word !== '');
  const ranked = commands.flatMap((item) => {
    const title = item.title.toLowerCase();
    if (!words.every((word) => title.includes(word))) return [];
    const begins = title.split(/\s+/).some((word) => word.startsWith(words[0] ?? ''));
    return [{ item, rank: title.startsWith(text) ? 0 : begins ? 1 : 2 }];
  });
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
    .slice(0, mostShown);
}
