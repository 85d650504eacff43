/** Every command that the pages print is one that the program takes: its words, its options, its choices. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/main/hosts/cli/program.ts';

const root = join(import.meta.dirname, '../..');
// docs/command-line.md is the program's own help
const files = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md') && name !== 'docs/command-line.md',
);

/** In blocks and in the middle of a sentence, with lines that go on joined. */
function commandsIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)]
    .flatMap(([, block = '']) => block.replace(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => line.replace(/^npm run (-s )?sluice -- /, 'sluice '));
  const inline = [...text.matchAll(/`(sluice [^`]+)`/g)].map(([, command = '']) => command);
  return [...blocks, ...inline].filter((line) => /^sluice\s/.test(line));
}

function problemOf(line: string): string | undefined {
  const [typed = ''] = line.split(/ [>|] | +#/);
  const words = (typed.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).slice(1);
  let command: Command = createProgram(false);
  const operands: string[] = [];
  const takes = (): readonly Command[] => command.commands;
  for (let place = 0; place < words.length; place += 1) {
    const word = words[place] ?? '';
    if (word === '…' || word === '--help') continue;
    if (word.startsWith('--')) {
      const [flag = '', given] = word.split('=');
      const known = [...command.options, ...(command.parent?.options ?? []), ...createProgram(false).options];
      const option = known.find(({ long }) => long === flag);
      if (option === undefined) return `${line}: no option ${flag}`;
      if (option.required && given === undefined) {
        place += 1;
        const value = words[place];
        if (value === undefined) return `${line}: ${flag} needs a value`;
        if (option.argChoices !== undefined && !option.argChoices.includes(value) && !value.includes('|'))
          return `${line}: ${flag} does not take ${value}`;
      }
      continue;
    }
    const next = takes().find((one) => one.name() === word);
    if (next !== undefined) command = next;
    else operands.push(word);
  }
  if (operands.length > command.registeredArguments.length && !command.registeredArguments.at(-1)?.variadic)
    return `${line}: ${operands.at(-1)} is too much`;
  return undefined;
}

describe('the commands of the pages', () => {
  it.each(files)('%s', (file) => {
    const commands = commandsIn(readFileSync(join(root, file), 'utf8'));
    expect(commands.flatMap((line) => problemOf(line) ?? [])).toEqual([]);
  });

  it('are found, and a wrong one is told', () => {
    const all = files.flatMap((file) => commandsIn(readFileSync(join(root, file), 'utf8')));
    expect(all.length).toBeGreaterThan(20);
    expect(problemOf('sluice load daily --dry')).toContain('--dry');
    expect(problemOf('sluice lod daily')).toContain('too much');
    expect(problemOf('sluice setup --access role --format yaml')).toContain('yaml');
  });
});
