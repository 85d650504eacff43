/** What an error means, asked at the terminal. */
import { describe, expect, test } from 'vitest';
import { errorCodes, familyOf } from '../../src/shared/errors.ts';
import { install } from '../support/cli.ts';

describe('sluice explain', () => {
  test('says when an error comes, what to do and what became of the data; the error itself names it', async () => {
    using cli = install();
    const { stderr } = await cli.run(['source', 'objects', 'nowhere']);
    const [, code = ''] = /^More: sluice explain ([A-Z_]+)$/m.exec(stderr) ?? [];
    expect(errorCodes).toContain(code);
    const { stdout, code: exit } = await cli.run(['explain', code.toLowerCase()]);
    expect(exit).toBe(0);
    for (const words of [`${code}: `, 'When it comes: ', 'What to do: ', 'Your data: ']) {
      expect(stdout).toContain(words);
    }
  });

  test('lists all of them as JSON, and knows what was meant', async () => {
    using cli = install();
    const { stdout } = await cli.run(['explain', '--json']);
    const { errors } = JSON.parse(stdout) as { errors: { code: string; family: string }[] };
    expect(errors.map(({ code }) => code)).toEqual(errorCodes);
    const wrong = await cli.run(['explain', 'ACCES_DENIED', '--json']);
    expect(wrong.code).toBe(2);
    // the form that scripts rely on: nothing more than these
    const { error } = JSON.parse(wrong.stdout) as { error: Record<string, string> };
    expect(Object.keys(error).sort()).toEqual(['code', 'details', 'fix', 'message']);
    expect(error.fix).toContain('ACCESS_DENIED');
    expect(errors.find(({ code }) => code === 'ACCESS_DENIED')?.family).toBe(familyOf('ACCESS_DENIED'));
  });
});
