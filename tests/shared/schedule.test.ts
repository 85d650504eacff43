/** What is pasted into a scheduler starts exactly the load that was meant, whatever the pipeline is called. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cronLine, schedulesOf, systemdScript, taskCommand, unitName } from '../../src/shared/schedule.ts';

const names = [
  'daily',
  'Mixed Case',
  "it's 100% of ${HOME} `id` $(id)",
  'back\\slash "quoted" end\\',
  '-starts --like-an-option',
  'täglich 每日',
  '%n %% \\%',
  '‘typographic’',
  '; rm -rf ~ #',
];
const load = (pipeline: string, command: readonly string[] = ['/opt/no de/bin/node', '/opt/sluice.ts']) => ({
  ...{ pipeline, command, at: '06:05', dataFolder: "/home/o'hara/My 50% Data" },
});
const expected = (pipeline: string): string[] => [
  ...['load', '--data-dir', "/home/o'hara/My 50% Data"],
  ...(pipeline.startsWith('-') ? ['--', pipeline] : [pipeline]),
];

/** What cron hands to the shell: the line up to a bare percent sign, `\%` without its backslash. */
function cronCommand(line: string): { readonly fields: string; readonly command: string } {
  const [, fields = '', text = ''] = /^((?:\S+ ){4}\S+) (.*)$/s.exec(line) ?? [];
  const bare = /^(?:\\%|[^%])*/s.exec(text)?.[0] ?? '';
  expect(bare).toBe(text);
  return { fields, command: bare.replaceAll('\\%', '%') };
}

/** The arguments of ExecStart, by the rules of systemd.service(5). */
function systemdArguments(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"/gs)].map(([, text = ''], place) => {
    const plain = text.replace(/\\(.)/gs, '$1').replaceAll('%%', '%');
    expect(text.replaceAll('%%', '')).not.toContain('%');
    return place === 0 ? plain : plain.replaceAll('$$', '$');
  });
}

/** As Windows programs take their command line apart. */
function windowsArguments(line: string): string[] {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  let begun = false;
  for (let at = 0; at <= line.length; at += 1) {
    const slashes = /^\\*/.exec(line.slice(at))?.[0] ?? '';
    if (line[at + slashes.length] === '"') {
      word += '\\'.repeat(slashes.length >> 1);
      at += slashes.length;
      begun = true;
      if (slashes.length % 2 === 1) word += '"';
      else quoted = !quoted;
    } else if (slashes !== '') {
      word += slashes;
      at += slashes.length - 1;
    } else if (at === line.length || (!quoted && line[at] === ' ')) {
      if (begun || word !== '') words.push(word);
      word = '';
      begun = false;
    } else word += line[at];
  }
  return words;
}

/** A literal of PowerShell: any of its single quotes doubled is one of it. */
const powerShellLiteral = (command: string, option: string): string =>
  (new RegExp(`${option} '((?:['‘-‛]{2}|[^'‘-‛])*)'`, 's').exec(command)?.[1] ?? '').replace(
    /(['‘-‛])\1/g,
    '$1',
  );

describe('the line for cron', () => {
  test.each(names)('runs the load of %s, by a real shell', (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'browse-cron-'));
    try {
      const program = join(folder, "a program's name");
      writeFileSync(program, '#!/bin/sh\nprintf "%s\\0" "$@" > "$OUT"\n', { mode: 0o755 });
      const { fields, command } = cronCommand(cronLine(load(name, [program])));
      expect(fields).toBe('5 6 * * *');
      const out = join(folder, 'out');
      const { status } = spawnSync('/bin/sh', ['-c', command], { env: { OUT: out, HOME: '/wrong' } });
      expect(status).toBe(0);
      expect(readFileSync(out, 'utf8').split('\0').slice(0, -1)).toEqual(expected(name));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is one line', () => {
    expect(cronLine(load('daily', ['sluice']))).toBe(
      "5 6 * * * sluice load --data-dir '/home/o'\\''hara/My 50\\% Data' daily",
    );
  });
});

describe('the systemd timer', () => {
  test.each(names)('for %s is written by a real shell, and starts that load', (name) => {
    const home = mkdtempSync(join(tmpdir(), 'browse-unit-'));
    try {
      mkdirSync(join(home, 'bin'));
      writeFileSync(join(home, 'bin/systemctl'), '#!/bin/sh\necho "$@" >> "$HOME/calls"\n', { mode: 0o755 });
      const env = { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` };
      const { status, stderr } = spawnSync('/bin/sh', ['-c', systemdScript(load(name))], { env });
      expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
      const unit = unitName(name);
      const read = (file: string) => readFileSync(join(home, file), 'utf8');
      expect(read('calls')).toBe(`--user daemon-reload\n--user enable --now ${unit}.timer\n`);
      const service = read(`.config/systemd/user/${unit}.service`);
      const start = /^ExecStart=(.*)$/m.exec(service)?.[1] ?? '';
      expect(systemdArguments(start)).toEqual(['/opt/no de/bin/node', '/opt/sluice.ts', ...expected(name)]);
      expect(read(`.config/systemd/user/${unit}.timer`)).toMatch(
        /^OnCalendar=\*-\*-\* 06:05:00\nPersistent=true$/m,
      );
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});

describe('the task of Windows', () => {
  const command = ['C:\\Program Files\\nodejs\\node.exe', 'C:\\Users\\O’Hara\\sluice.ts'];

  test.each(names)('runs the load of %s', (name) => {
    const text = taskCommand({ ...load(name, command), dataFolder: 'C:\\My Data\\' });
    expect(powerShellLiteral(text, '-Execute')).toBe(command[0]);
    const words = windowsArguments(powerShellLiteral(text, '-Argument'));
    const rest = expected(name).slice(3);
    expect(words).toEqual([command[1], 'load', '--data-dir', 'C:\\My Data\\', ...rest]);
    expect(text).toContain("-Daily -At '06:05'");
    expect(text).not.toContain('\n');
  });
});

test('any name gets through each of them', () => {
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(name, (pipeline) => {
      const start = /^ExecStart=(.*)$/m.exec(systemdScript(load(pipeline)))?.[1] ?? '';
      expect(systemdArguments(start).slice(2)).toEqual(expected(pipeline));
      const words = windowsArguments(powerShellLiteral(taskCommand(load(pipeline)), '-Argument'));
      expect(words.slice(1)).toEqual(expected(pipeline));
      cronCommand(cronLine(load(pipeline)));
      expect(unitName(pipeline)).toMatch(/^sluice-[\w-]{1,60}$/);
    }),
  );
});

test('two pipelines do not share a unit', () => {
  const units = [
    ...names,
    'daily!',
    'daily?',
    'Daily',
    'daily ',
    `${'x'.repeat(60)}a`,
    `${'x'.repeat(60)}b`,
  ].map(unitName);
  expect(new Set(units).size).toBe(units.length);
  expect(unitName('daily')).toBe('sluice-daily');
  expect(schedulesOf(load('daily'))).toHaveLength(3);
});
