/** Finds everything in a module that makes it depend on another one, types included. */
import { type Expression, parseSync, type StringLiteral, Visitor } from 'oxc-parser';

export interface ImportSite {
  /** What is imported; undefined where it is not a literal. */
  readonly specifier: string | undefined;
  /** From 1. */
  readonly line: number;
}

export interface ModuleImports {
  readonly sites: readonly ImportSite[];
  /** The module could not be read, or loads others in a way that nobody can check. */
  readonly problems: readonly string[];
}

/**
 * Imports, re-exports, `import()`, `import type`, types written `import('x').T`, `import x = require()`,
 * `require()` (also made by createRequire), `import.meta.resolve()`, and modules started as workers or children
 * through `new URL('./x.ts', import.meta.url)`.
 */
export function readImports(file: string, text: string): ModuleImports {
  const { program, errors, comments } = parseSync(file, text, {
    sourceType: /\.c[jt]s$/.test(file) ? 'commonjs' : 'module',
  });
  const sites: ImportSite[] = [];
  const problems = errors.map((error) => `${file}: cannot be parsed: ${error.message}`);
  const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
  const add = (at: { start: number }, specifier: string | undefined): void => {
    sites.push({ specifier, line: lineOf(at.start) });
  };
  const refuse = (at: { start: number }, why: string): void => {
    problems.push(`${file}:${lineOf(at.start)}: ${why}`);
  };
  const textOf = (node: { start: number; end: number }): string => text.slice(node.start, node.end);
  /** Where createRequire stands so that the calls it serves are seen: imported, called at once, or as `require`. */
  const plain = new Set<number>();
  for (const comment of comments) {
    if (comment.type === 'Line' && /^\/\s*<(reference|amd)/.test(comment.value)) {
      refuse(comment, 'a /// <reference> cannot be checked; import what is needed');
    }
  }
  new Visitor({
    ImportDeclaration: (node) => add(node, node.source.value),
    ExportAllDeclaration: (node) => add(node, node.source.value),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node, node.source.value);
    },
    ImportExpression: (node) => add(node, literalOf(node.source)),
    TSImportType: (node) => add(node, literalOf(node.source)),
    TSExternalModuleReference: (node) => add(node, literalOf(node.expression)),
    ImportSpecifier: (node) => {
      if (node.local.name === 'createRequire') plain.add(node.imported.start).add(node.local.start);
    },
    VariableDeclarator: (node) => {
      const named = node.id.type === 'Identifier' && node.id.name === 'require';
      const made = node.init?.type === 'CallExpression' ? node.init.callee : undefined;
      if (named && made !== undefined) plain.add(made.start);
    },
    CallExpression: (node) => {
      const { callee } = node;
      const makes = callee.type === 'CallExpression' && textOf(callee.callee) === 'createRequire';
      if (makes) plain.add(callee.start);
      if (makes || isRequire(textOf(callee))) add(node, literalOf(node.arguments[0]));
    },
    NewExpression: (node) => {
      const [target, base] = node.arguments;
      const ofThisModule = base !== undefined && textOf(base) === 'import.meta.url';
      const specifier = ofThisModule ? literalOf(target) : undefined;
      if (specifier !== undefined && /\.[cm]?[jt]sx?$/.test(specifier)) add(node, specifier);
    },
    Identifier: (node) => {
      if (node.name === 'createRequire' && plain.has(node.start)) return;
      if (node.name === 'createRequire' || node.name === 'getBuiltinModule') {
        refuse(node, `${node.name} hides what is imported; use import()`);
      }
    },
  }).visit(program);
  return { sites, problems };
}

const isRequire = (callee: string): boolean =>
  /^(require(\.resolve)?|module\.require|import\.meta\.resolve)$/.test(callee);

/** The text of a string, or of a template without holes. */
function literalOf(
  node: Expression | StringLiteral | { readonly type: string } | undefined,
): string | undefined {
  if (node === undefined) return undefined;
  if (isType(node, 'Literal')) return typeof node.value === 'string' ? node.value : undefined;
  if (isType(node, 'TemplateLiteral') && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

const isType = <Type extends Expression['type']>(
  node: { readonly type: string },
  type: Type,
): node is Extract<Expression, { type: Type }> => node.type === type;
