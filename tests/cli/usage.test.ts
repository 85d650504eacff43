/** Help, wrong usage and what both look like to people and to scripts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { errorOf, type Installation, install, stackTrace } from '../support/cli.ts';

let cli: Installation;
beforeAll(() => {
  cli = install();
});
afterAll(() => cli[Symbol.dispose]());

const commands = [
  ...['setup', 'workspace export', 'workspace import', 'source password', 'destination secret'],
  ...['demo', 'path', 'external-id', 'policy', 'trust', 'whoami', 'preview', 'load', 'jobs', 'sandbox'],
  ...['destination add', 'destination test', 'destination list', 'destination remove'],
  ...['source add', 'source list', 'source remove', 'source objects', 'source test'],
  'source preview',
  ...['pipeline add', 'pipeline list', 'pipeline remove', 'jobs show', 'jobs files'],
  ...['jobs verify', 'jobs remove-data', 'uploads list', 'uploads sweep'],
];

test.each(commands)('%s --help says what it does, with an example', async (command) => {
  const { code, stdout, stderr } = await cli.run([...command.split(' '), '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^Usage: sluice ${command}[ \\n]`));
  expect(stdout).toMatch(new RegExp(`\nExamples?:\n(.*\n)* .*sluice ${command}`));
});

test('the whole help lists every command and names the first step', async () => {
  const { code, stdout } = await cli.run(['--help']);
  expect(code).toBe(0);
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command.split(' ')[0]}\\b`, 'm'));
  expect(stdout).toContain('sluice demo');
});

test('--version is that of the package', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  expect(await cli.run(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
});

describe('wrong usage exits with 2, names the mistake on stderr and leads to the help', () => {
  test.each<[string, string[], RegExp]>([
    ['unknown command', ['destnation', 'list'], /unknown command 'destnation'.*\n.*destination/],
    ['unknown subcommand', ['destination', 'lst'], /unknown command 'lst'.*\n.*list/],
    ['unknown subcommand of jobs', ['jobs', 'shw'], /"jobs shw".*\n.*jobs show/],
    ['unknown option', ['external-id', '--jsn'], /'--jsn'.*\n.*--json/],
    ['missing option', ['path', '--database', 'd'], /required option '--object <name>'/],
    ['missing value', ['path', '--object'], /'--object <name>' argument missing/],
    ['missing argument', ['preview'], /missing required argument 'pipeline'/],
    ['one argument too many', ['external-id', 'x'], /too many arguments/],
    [
      'unknown choice',
      ['policy', '--bucket', 'bucket', '--scope', 'all'],
      /Allowed choices are bucket, prefix/,
    ],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('--help');
    expect(stderr).not.toMatch(stackTrace);
    const shown = errorOf(await cli.json(args));
    expect(shown).toMatchObject({ exit: 2, code: 'INPUT_INVALID', details: {} });
    expect(`${shown.message}\n${shown.fix}`).toMatch(message);
  });

  test.each([[[]], [['source']]])('no command: %j', async (args) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: sluice');
    expect(errorOf(await cli.json(args))).toMatchObject({ exit: 2, code: 'INPUT_INVALID' });
  });
});

test('what was given where nobody asked for it may be a secret, and is not repeated', async () => {
  for (const args of [
    ['source', 'add', '--name', 'n', '--url', 'postgres://h/d', '--password=hunter2'],
    ['source', 'add', '--name', 'n', '--url', 'postgres://h/d', '--password-stdin', 'hunter2'],
    ['source', 'add', '--name', 'n', '--url', 'mysql://root:hunter2@h/d'],
    ['source', 'add', '--name', 'n', '--url', 'postgres://u:hunter2@h/d'],
    ['source', 'add', '--name', 'n', '--url', 'postgres://h/d?password=hunter2'],
  ]) {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toContain('hunter2');
    const result = await cli.json(args);
    expect(result).toMatchObject({ code: 2, stdout: expect.not.stringContaining('hunter2') });
  }
});

test.each(['postgres://u:hunter2@h/d', 'mysql://u:hunter2@h/d', 'mariadb://h/d?password=hunter2'])(
  'the password inside %s is refused with that advice',
  async (url) => {
    const args = ['source', 'add', '--name', 'n', '--url', url];
    expect(errorOf(await cli.json(args))).toMatchObject({
      exit: 2,
      code: 'SECRET_IN_ARGUMENT',
      fix: expect.stringContaining('--password-stdin'),
    });
  },
);

test('global options stand before or after the command', async () => {
  const external = ['external-id'];
  const elsewhere = ['--data-dir', 'elsewhere'];
  const answers = await Promise.all([
    cli.run(['--json', ...elsewhere, ...external]),
    cli.run([...external, '--json', ...elsewhere]),
    cli.run(['--json', ...external, ...elsewhere]),
  ]);
  expect(answers[0]).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\{"externalId":"/),
    stderr: '',
  });
  expect(new Set(answers.map(({ stdout }) => stdout)).size).toBe(1);
});
