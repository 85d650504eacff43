/**
 * Checks that the modules under src import only along the arrows of the architecture, and that each foreign
 * package stays with its owner. Run by `npm run arrows`; fails when it has read nothing, so that a checker that
 * has gone blind cannot pass.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ImportSite, readImports } from './read-imports.ts';

/** Each room and the rooms that it may import, besides itself. */
const rooms: Readonly<Record<string, { readonly to: readonly string[] }>> = {
  'src/renderer': { to: ['src/shared'] },
  'src/main/hosts': { to: ['src/main/core', 'src/main/sandbox', 'src/shared'] },
  'src/main/core': {
    to: ['src/main/load', 'src/main/sources', 'src/main/access', 'src/main/stores', 'src/shared'],
  },
  'src/main/load': { to: ['src/main/sources', 'src/main/access', 'src/shared'] },
  'src/main/sources': { to: ['src/shared'] },
  'src/main/access': { to: ['src/shared'] },
  'src/main/stores': { to: ['src/shared'] },
  'src/main/sandbox': { to: ['src/shared'] },
  'src/shared': { to: [] },
};

/** Foreign packages and the folders or files that may import them. One that is not listed has no owner yet. */
const owners: readonly (readonly [pattern: RegExp, places: readonly string[]])[] = [
  [/^zod(\/|$)/, ['src']],
  [/^@orpc\/contract$/, ['src/shared']],
  [/^@orpc\/server(\/|$)/, ['src/main/core', 'src/main/hosts']],
  [/^@orpc\/client(\/|$)/, ['src/main/core', 'src/main/hosts', 'src/renderer']],
  [/^@(aws-sdk|smithy|aws-crypto)\//, ['src/main/access']],
  [/^keytar$/, ['src/main/stores/secrets.ts']],
  [/^(conf|env-paths)$/, ['src/main/stores']],
  [/^pg($|-|\/|pass$)/, ['src/main/sources']],
  [/^mysql2($|\/)/, ['src/main/sources']],
  [/^ssh2$/, ['src/main/sources/tunnel']],
  [/^@duckdb\//, ['src/main/sources/files']],
  [/^csv-stringify(\/|$)/, ['src/main/load']],
  [/^csv-parse(\/|$)/, ['src/renderer']],
  [/^(commander|@inquirer\/password)$/, ['src/main/hosts/cli']],
  [/^electron(\/|$|-)/, ['src/main/hosts/electron']],
  [/^open$/, ['src/main/hosts/web']],
  [
    /^(react($|-|\/)|wouter($|\/)|@cloudscape-design\/|@tanstack\/|@orpc\/tanstack-query$|uplot($|\/))/,
    ['src/renderer'],
  ],
];

/** Rooms that run without Node. */
const withoutNode = ['src/shared', 'src/renderer'];

/** Data outside src that the main side may read as a module. */
const outside = ['package.json'];

export interface ArrowReport {
  readonly modules: number;
  readonly imports: number;
  /** One line each: where, what, why. */
  readonly problems: readonly string[];
}

/** Checks the tree below `root`, the folder that holds `src`. */
export function checkArrows(root: string): ArrowReport {
  const problems: string[] = [];
  const files = listFiles(root, 'src', problems);
  const modules = files.filter((file) => /\.[cm]?[jt]sx?$/.test(file));
  if (modules.length === 0) problems.push('src: no module was read');
  problems.push(...checkRooms(modules));
  const known = new Set(files);
  let imports = 0;
  for (const file of modules) {
    const found = readImports(file, readFileSync(join(root, file), 'utf8'));
    imports += found.sites.length;
    problems.push(...found.problems);
    for (const site of found.sites) {
      const problem = checkImport(file, site, known);
      if (problem !== undefined) problems.push(`${file}:${site.line}: ${problem}`);
    }
  }
  return { modules: modules.length, imports, problems };
}

function checkRooms(modules: readonly string[]): string[] {
  const strays = modules.filter((file) => roomOf(file) === undefined);
  const problems = strays.map((file) => `${file}: belongs to no room`);
  for (const room of Object.keys(rooms)) {
    const empty = !modules.some((file) => roomOf(file) === room);
    if (empty) problems.push(`${room}: no module was read; a room is missing or has moved`);
  }
  return problems;
}

/** What is wrong with one import, or undefined. */
function checkImport(file: string, site: ImportSite, known: ReadonlySet<string>): string | undefined {
  const { specifier } = site;
  if (specifier === undefined) return 'an import whose target is not a literal cannot be checked';
  if (/^\.{1,2}(\/|$)/.test(specifier)) return checkRelative(file, specifier, known);
  if (isBuiltin(specifier)) {
    const pure = withoutNode.find((room) => isInside(file, room));
    return pure === undefined ? undefined : `${pure} runs without Node and must not import ${specifier}`;
  }
  if (!/^(@[\w-]+\/)?[\w-]/.test(specifier) || /^[a-z]+:/.test(specifier)) {
    return `${specifier} is neither a relative path nor a package`;
  }
  const places = owners.find(([pattern]) => pattern.test(specifier))?.[1];
  if (places === undefined) return `${specifier} has no owner; name one in scripts/check-arrows.ts`;
  if (places.some((place) => isInside(file, place))) return undefined;
  return `${specifier} may be imported only in ${places.join(', ')}`;
}

function checkRelative(file: string, specifier: string, known: ReadonlySet<string>): string | undefined {
  const target = posix.join(posix.dirname(file), specifier);
  if (isInside(file, 'src/main') && outside.includes(target)) return undefined;
  if (!isInside(target, 'src')) return `${specifier} leads out of src`;
  if (!known.has(target)) return `${specifier} does not exist`;
  const from = roomOf(file);
  const to = roomOf(target);
  if (to === undefined) return `${specifier} belongs to no room`;
  if (from === undefined || from === to || rooms[from]?.to.includes(to)) return undefined;
  return `no arrow leads from ${from} to ${to} (${specifier})`;
}

const isInside = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);

const roomOf = (file: string): string | undefined => Object.keys(rooms).find((room) => isInside(file, room));

/** Files below a folder, as paths from `root` with forward slashes. */
function listFiles(root: string, folder: string, problems: string[]): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
    const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (entry.isSymbolicLink()) problems.push(`${path}: a link; imports through it cannot be checked`);
    else if (entry.isFile()) files.push(path);
  }
  return files.sort();
}

if (import.meta.main) {
  const { modules, imports, problems } = checkArrows(dirname(dirname(fileURLToPath(import.meta.url))));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${modules} modules, ${imports} imports, arrows as drawn.`);
}
