import { describe, expect, it } from 'vitest';
import { failureOf, screenFix } from '../../src/renderer/app/failure.ts';
import { errorCodes, fixOf } from '../../src/shared/errors.ts';

describe('an error on a screen', () => {
  // Whoever is signed out of the web host can only go back to where it was started.
  const forWindows = errorCodes.filter((code) => code !== 'WEB_SIGNED_OUT');

  it.each(forWindows)('%s: the general advice names no command of the command line', (code) => {
    expect(screenFix(code, fixOf(code))).not.toMatch(/\bsluice |--\w+-stdin|with --|the command\b/);
  });

  it('keeps advice that is right for a window', () => {
    const fix = 'Run "aws sso login --profile work", or check the profile in ~/.aws/config.';
    expect(screenFix('NOT_SIGNED_IN', fix)).toBe(fix);
    expect(screenFix('BUCKET_WRONG_REGION', 'Use the region eu-west-1.')).toBe('Use the region eu-west-1.');
  });

  it('replaces advice for the command line', () => {
    expect(screenFix('IN_USE', 'Remove the pipeline first: sluice pipeline remove NAME')).toBe(
      'Remove what uses it first.',
    );
  });

  it('takes what is no error of the contract for a program that is gone', () => {
    expect(failureOf(new TypeError('Failed to fetch'))).toMatchObject({
      code: 'UNKNOWN',
      message: 'Sluice does not answer',
    });
    expect(failureOf(undefined).code).toBe('UNKNOWN');
  });
});
