/**
 * The keychain of a Linux desktop in every state that users meet, each with a private bus, home and runtime folder:
 * the tests never touch the keyring of whoever runs them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type ChildResult, finished, startProgram } from './child.ts';

export type KeyringState =
  /** A keyring that was unlocked at login. */
  | 'unlocked'
  /** There is one, but nobody has given its password. */
  | 'locked'
  /** The service runs, without any keyring. */
  | 'no keyring'
  /** A bus, and nobody on it who keeps secrets. */
  | 'no service'
  | 'no bus'
  /** keytar's library cannot be loaded. */
  | 'no libsecret';

const answers = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** What is missing on this machine to run a keyring, for the name of a skipped suite; '' when all is there. */
export const missingForKeyring: string = ((): string => {
  if (process.platform !== 'linux') return 'Linux';
  const missing = [
    answers('dbus-run-session', ['--version']) ? [] : ['dbus'],
    answers('gnome-keyring-daemon', ['--version']) ? [] : ['gnome-keyring'],
    answers(process.execPath, ['-e', "require('keytar')"]) ? [] : ['libsecret-1-0'],
  ];
  return missing.flat().join(', ');
})();

/** No service folders: nothing is started on demand, so that "no service" is that, and no window ever opens. */
const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

const daemon = 'gnome-keyring-daemon --components=secrets >/dev/null 2>&1';

/** The daemon goes to the background before it answers: at most 10 s are waited for its name on the bus. */
const served = `for _ in $(seq 200); do
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / \\
    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q 'boolean true' && break
  sleep 0.05
done`;

/** How the keyring is started before the script, as shell text. */
const start: Readonly<Record<KeyringState, string>> = {
  unlocked: `printf test | ${daemon} --unlock; ${served}`,
  locked: `${daemon} --start; ${served}`,
  'no keyring': `${daemon} --start; ${served}`,
  'no service': ':',
  'no bus': ':',
  'no libsecret': ':',
};

/**
 * A command line that runs `command` in a session of its own with the keyring of `home`, for programs that have an
 * input or a terminal. The environment of the caller decides about HOME, which must be `home`.
 */
export function keyringShell(
  home: string,
  state: 'unlocked' | 'locked',
  command: readonly string[],
): string[] {
  const config = join(home, 'bus.conf');
  writeFileSync(config, busConfig);
  const runtime = mkdtempSync(join(home, 'run-'));
  const bus = ['env', `XDG_RUNTIME_DIR=${runtime}`, 'dbus-run-session', `--config-file=${config}`, '--'];
  return [...bus, 'sh', '-c', `${start[state]}; exec "$@"`, 'sh', ...command];
}

/** A home with its own runtime folder. What is saved in it in one state is there in the next. */
export interface KeyringHome {
  readonly folder: string;
  /** Runs a TypeScript file in that state, to its end. */
  run(state: KeyringState, script: URL, args: readonly string[]): Promise<ChildResult>;
}

/** A new home without a keyring, removed when the running test is over. The first `unlocked` run makes its keyring. */
export function keyringHome(): KeyringHome {
  // Short: a socket's path has at most 108 bytes.
  const home = mkdtempSync(join(tmpdir(), 'slk-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const config = join(home, 'bus.conf');
  writeFileSync(config, busConfig);
  // A library that is no library: the loader fails as it does where there is none.
  const broken = join(home, 'lib');
  mkdirSync(broken);
  writeFileSync(join(broken, 'libsecret-1.so.0'), '');

  const env = {
    HOME: home,
    XDG_DATA_HOME: undefined,
    XDG_CONFIG_HOME: undefined,
    XDG_CACHE_HOME: undefined,
    GNOME_KEYRING_CONTROL: undefined,
    DBUS_SESSION_BUS_ADDRESS: undefined,
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
  };

  const runIn = (state: KeyringState, command: readonly string[]): Promise<ChildResult> => {
    // New for each run: a daemon that is about to end still answers on its socket of the run before.
    const runtime = { XDG_RUNTIME_DIR: mkdtempSync(join(home, 'run-')) };
    const libraries = state === 'no libsecret' ? { LD_LIBRARY_PATH: broken } : {};
    const shell = ['sh', '-c', `${start[state]}; exec "$@"`, 'sh', ...command];
    const bus = ['dbus-run-session', `--config-file=${config}`, '--', ...shell];
    const [program = '', ...args] = state === 'no bus' || state === 'no libsecret' ? shell : bus;
    return finished(startProgram(program, args, { env: { ...env, ...runtime, ...libraries } }));
  };

  return {
    folder: home,
    async run(state, script, args) {
      if (state === 'locked') await runIn('unlocked', ['true']);
      return runIn(state, [process.execPath, fileURLToPath(script), ...args]);
    },
  };
}
