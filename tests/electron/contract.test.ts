/** The one suite of the contract over the compiled app: page, preload, port, main process. */
import { afterAll, beforeAll, describe } from 'vitest';
import { contractSuite } from '../contract/contract-suite.ts';
import type { HostKind, MortalHost, Record } from '../contract/host-kind.ts';
import { type BuiltApp, buildApp } from '../support/electron/build-app.ts';
import { connectPage } from '../support/electron/page-client.ts';
import { hasChromium, startApp } from '../support/electron/start-app.ts';

/** Its own process has no keyring to reach, so that the tests write into nobody's. */
const noKeyring = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };

describe.skipIf(!hasChromium)('the desktop app: needs Chromium', () => {
  let built: BuiltApp;
  beforeAll(async () => {
    built = await buildApp();
  });
  afterAll(() => built?.[Symbol.dispose]());

  const start = async (folder: string, record: Record): Promise<MortalHost> => {
    const app = await startApp(built, folder, noKeyring);
    return {
      async connect() {
        const { client, close } = await connectPage(await app.page(), record);
        return { client, disconnect: close };
      },
      async kill() {
        app.process.kill('SIGKILL');
        await app.ended;
      },
      close: async () => await app[Symbol.asyncDispose](),
    };
  };
  const desktop: HostKind = {
    host: 'electron',
    keepsSecrets: false,
    crosses: true,
    start,
    startMortal: start,
  };

  contractSuite('the bridge of the desktop app', desktop);
});
