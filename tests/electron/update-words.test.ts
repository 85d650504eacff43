import { describe, expect, it } from 'vitest';
import { failureWords, plainNotes, releasePage } from '../../src/main/hosts/electron/updates/words.ts';
import { mostNotes } from '../../src/shared/updates.ts';

describe('words of updates', () => {
  it('take notes that are text, and no HTML', () => {
    expect(plainNotes(' - New\n- Better ')).toBe('- New\n- Better');
    expect(plainNotes('<h2>New</h2>')).toBeNull();
    expect(plainNotes('')).toBeNull();
    expect(plainNotes([{ version: '1.0.0', note: 'x' }])).toBeNull();
    expect(plainNotes('x'.repeat(mostNotes + 1))).toHaveLength(mostNotes);
  });

  it('know the page of a version where the build named one', () => {
    const github = 'owner: some-one\nrepo: "sluice"\nprovider: github\n';
    expect(releasePage(github, '1.2.0')).toBe('https://github.com/some-one/sluice/releases/tag/v1.2.0');
    expect(releasePage(github, '../../x')).toBe(
      'https://github.com/some-one/sluice/releases/tag/v..%2F..%2Fx',
    );
    expect(releasePage('provider: generic\nurl: https://example.org\n', '1.2.0')).toBeNull();
    expect(releasePage('owner: a/b?c\nrepo: d\nprovider: github\n', '1.2.0')).toBeNull();
  });

  it.each([
    [new Error('net::ERR_INTERNET_DISCONNECTED'), 'cannot be reached'],
    [Object.assign(new Error('x'), { code: 'ENOTFOUND' }), 'cannot be reached'],
    [Object.assign(new Error('x'), { code: 'ENOSPC' }), 'disk is full'],
    [Object.assign(new Error('x'), { code: 'ERR_UPDATER_INVALID_SIGNATURE' }), 'not signed'],
    [Object.assign(new Error('x'), { statusCode: 503 }), 'answered with 503'],
    [new Error('odd\nsecond line'), 'did not work: odd'],
  ])('say why: %s', (error, words) => {
    const { message, fix } = failureWords(error);
    expect(message).toContain(words);
    expect(message).not.toContain('\n');
    expect(fix).not.toBe('');
  });
});
