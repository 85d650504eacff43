/**
 * Writes docs/errors.md from the table of errors and its explanations, so that no code is without an entry.
 * Usage: node scripts/errors-page.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explanations } from '../src/shared/error-explanations.ts';
import { type ErrorCode, type ErrorFamily, errorCodes, familyOf, fixOf } from '../src/shared/errors.ts';

export const pagePath = join(import.meta.dirname, '../docs/errors.md');

const before = `# Errors

Every error of Sluice says what happened, why, and what to do next. This page says more about each: when it comes, and what was and was not done to your data. On the command line, \`sluice explain CODE\` prints the same, without a network.

Sources are only ever read. In the bucket, an object appears whole or not at all.
`;

/** The families in the order of their exit codes, as the page has them. */
const families: readonly (readonly [ErrorFamily, string])[] = [
  ['failed', 'The job or the test failed (exit code 1)'],
  ['input', 'Wrong usage or bad input (exit code 2)'],
  ['access', 'Access to AWS (exit code 3)'],
  ['source', 'Sources (exit code 4)'],
  ['keychain', 'The keychain (exit code 5)'],
  ['cancelled', 'Cancelled (exit code 130)'],
];

/** The page as Markdown. */
export function errorsPage(): string {
  const sections = families.map(([family, heading]) => {
    const entries = errorCodes.filter((code) => familyOf(code) === family).map(entryOf);
    return `## ${heading}\n\n${entries.join('\n')}`;
  });
  return [before, ...sections].join('\n');
}

function entryOf(code: ErrorCode): string {
  const { title, when, more, data, read } = explanations[code];
  const rows = [
    `**${title}.** ${when}`,
    `- **What to do:** ${[fixOf(code), more].filter((text) => text !== undefined).join(' ')}`,
    `- **Your data:** ${data}`,
    ...(read === undefined
      ? []
      : [`- **Read more:** [${read.replace('.md', '').replace('#', ', ').replaceAll('-', ' ')}](${read})`]),
  ];
  const [first, ...others] = rows;
  return `### ${code}\n\n${plain(first ?? '')}\n\n${others.map(plain).join('\n')}\n`;
}

/** What Markdown would take for its own: placeholders in braces are none, but underscores of codes may be. */
const plain = (text: string): string => text.replaceAll('<', '\\<');

if (process.argv[1] === import.meta.filename) writeFileSync(pagePath, errorsPage());
