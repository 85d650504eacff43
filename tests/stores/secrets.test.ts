import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { classifyKeychainError } from '../../src/main/stores/secrets.ts';
import { SluiceError } from '../../src/shared/errors.ts';
import { type KeyringState, keyringHome, missingForKeyring } from '../support/keyring.ts';

const script = new URL('./children/secrets.ts', import.meta.url);

/** A secret that must not be seen anywhere but where it was asked for. */
const canary = 'canary-wJalrXUtnFEMI';

type Home = ReturnType<typeof keyringHome>;

async function steps(state: KeyringState, args: readonly string[], home: Home = keyringHome()) {
  const { code, stdout, stderr } = await home.run(state, script, args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining(canary) });
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const missing = expect.objectContaining({
  code: 'KEYCHAIN_ENTRY_MISSING',
  message: expect.stringMatching(/"destination\/test" of Sluice: it was removed, or the keyring is locked/),
});

describe.skipIf(missingForKeyring !== '')(
  `the keychain: needs ${missingForKeyring || 'dbus, gnome-keyring, libsecret-1-0'}`,
  () => {
    test('keeps a secret, gives it to a later process, and forgets it', async () => {
      const home = keyringHome();
      expect(await steps('unlocked', ['get', `set=${canary}`, 'get'], home)).toEqual([
        missing,
        { ok: null },
        { ok: canary },
      ]);
      expect(await steps('unlocked', ['get', 'set=other', 'get', 'delete', 'delete', 'get'], home)).toEqual([
        { ok: canary },
        { ok: null },
        { ok: 'other' },
        { ok: true },
        { ok: false },
        missing,
      ]);
    });

    test('keeps every letter of it', async () => {
      const odd = String.raw`ünï€ \"quoted\" \\ \n\t ${'x'.repeat(3000)}`;
      expect(await steps('unlocked', [`set=${odd}`, 'get'])).toEqual([
        { ok: null },
        { ok: JSON.parse(`"${odd}"`) },
      ]);
    });

    test('refuses what it could not give back', async () => {
      const answers = await steps('unlocked', [
        'set=',
        String.raw`set=a\u0000b`,
        String.raw`set=\ud800`,
        'get',
      ]);
      const refused = expect.objectContaining({ code: 'INPUT_INVALID' });
      expect(answers).toEqual([refused, refused, refused, missing]);
    });

    test('locked: what was saved reads as missing, nothing is saved, and the process lives', async () => {
      const home = keyringHome();
      await steps('unlocked', [`set=${canary}`], home);
      expect(await steps('locked', ['get', 'set=new-secret', 'delete'], home)).toEqual([
        missing,
        expect.objectContaining({
          code: 'KEYCHAIN_LOCKED',
          fix: expect.stringMatching(/^Unlock the keyring/),
        }),
        { ok: false },
      ]);
      expect(await steps('unlocked', ['get'], home)).toEqual([{ ok: canary }]);
    });

    test('without a keyring', async () => {
      expect(await steps('no keyring', ['get', `set=${canary}`])).toEqual([
        missing,
        expect.objectContaining({
          code: 'KEYCHAIN_NO_KEYRING',
          message: expect.stringMatching(/no default keyring/),
          fix: expect.stringMatching(/^Create a default keyring/),
        }),
      ]);
    });

    const unavailable = (message: RegExp, fix: RegExp) =>
      expect.objectContaining({
        code: 'KEYCHAIN_UNAVAILABLE',
        message: expect.stringMatching(message),
        fix: expect.stringMatching(fix),
      });

    test.each([
      ['no service', /no service for secrets runs/, /apt install gnome-keyring/],
      ['no bus', /no D-Bus/, /dbus-run-session/],
      ['no libsecret', /libsecret is missing/, /apt install libsecret-1-0/],
    ] as const)('%s: every call says so, and what to do', async (state, message, fix) => {
      const answers = await steps(state, ['get', `set=${canary}`, 'delete', 'get']);
      expect(answers).toEqual(Array.from({ length: 4 }, () => unavailable(message, fix)));
      expect(JSON.stringify(answers)).not.toContain(canary);
    });

    test('leaves no daemon behind', async () => {
      const home = keyringHome();
      await steps('unlocked', ['get'], home);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { stdout } = spawnSync('sh', ['-c', 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"'], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      expect(stdout).toContain('PATH=');
      expect(stdout).not.toContain(`HOME=${home.folder}`);
    });
  },
);

describe('classifyKeychainError', () => {
  test.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'KEYCHAIN_UNAVAILABLE', /no D-Bus/],
    ['Could not connect: No such file or directory', 'KEYCHAIN_UNAVAILABLE', /no D-Bus/],
    [
      'The name org.freedesktop.secrets was not provided by any .service files',
      'KEYCHAIN_UNAVAILABLE',
      /no service for secrets/,
    ],
    [
      'Object does not exist at path “/org/freedesktop/secrets/collection/login”',
      'KEYCHAIN_NO_KEYRING',
      /no default keyring/,
    ],
    [
      'Objekt existiert nicht im Pfad »/org/freedesktop/secrets/collection/login«',
      'KEYCHAIN_NO_KEYRING',
      /no default keyring/,
    ],
    ['Cannot create an item in a locked collection', 'KEYCHAIN_LOCKED', /locked/],
    ['User interaction is not allowed.', 'KEYCHAIN_LOCKED', /locked/],
    ['A default keychain could not be found.', 'KEYCHAIN_NO_KEYRING', /no default keyring/],
    ['Failed to load keytar native addon, checked ["../build"]', 'KEYCHAIN_UNAVAILABLE', /does not load/],
    ['Something else entirely', 'KEYCHAIN_UNAVAILABLE', /refused: Something else entirely/],
  ])('%s', (text, code, message) => {
    const error = classifyKeychainError(new Error(text));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), details: { reason: text } });
    expect(error.fix).not.toBe('');
  });

  test('leaves what is classified already, and takes what is no error', () => {
    const known = new SluiceError('CANCELLED', 'cancelled');
    expect(classifyKeychainError(known)).toBe(known);
    expect(classifyKeychainError('text')).toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
  });
});
