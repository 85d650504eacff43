/** A database behind an SSH server, in the window: set up, the host key compared and accepted, looked at, entered. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { install } from '../support/cli.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { missingForSshd, startSshd, type TestSshd } from '../support/sshd.ts';
import { hasChromium, openTheatre, type Theatre } from '../support/window.ts';

const missing = [
  ...(hasChromium ? [] : ['Chromium']),
  ...(findPostgres() === null ? ['PostgreSQL'] : []),
  missingForSshd,
]
  .filter(Boolean)
  .join(', ');

describe.skipIf(missing !== '')(
  `an SSH server in the window: needs ${missing || 'Chromium and sshd'}`,
  () => {
    let theatre: Theatre;
    let sshd: TestSshd;
    let server: TestPostgres;
    beforeAll(async () => {
      [theatre, sshd, server] = await Promise.all([openTheatre(), startSshd(), startPostgres()]);
      await server.query('CREATE TABLE visible (a int)');
    });
    afterAll(async () => {
      await theatre?.[Symbol.asyncDispose]();
      await server?.stop();
      await sshd?.[Symbol.asyncDispose]();
    });

    test.each(['light', 'dark'] as const)('%s', { timeout: 180_000 }, async (colorScheme) => {
      using cli = install();
      await using window = await theatre.open(cli, { colorScheme, env: { PGPASSWORD: server.password } });
      const { page } = window;
      const shot = async (name: string) => {
        const folder = process.env.SLUICE_TEST_SCREENSHOTS;
        if (folder)
          await page.screenshot({ path: `${folder}/tunnel-${name}-${colorScheme}.png`, fullPage: true });
      };
      await window.go('/sources/new');
      await page.getByLabel('Name', { exact: true }).fill('behind');
      await page.getByLabel('Host', { exact: true }).fill('127.0.0.1');
      await page.getByLabel('Port', { exact: true }).fill(String(server.port));
      await page.getByLabel('Database', { exact: true }).fill('test');
      await page.getByLabel(/^User/).fill(server.user);
      await page.getByRole('button', { name: /^Way to the database/ }).click();
      await page.getByRole('option', { name: /by a key file/ }).click();
      await page.getByRole('button', { name: 'Connect and save' }).click();
      await page.getByText('The SSH server has no host.').waitFor();
      await shot('problems');
      expect(await window.faults()).toEqual([]);
      await page.getByLabel('SSH host').fill('127.0.0.1');
      await page.getByLabel('SSH port').fill(String(sshd.port));
      await page.getByLabel('SSH user').fill(sshd.user);
      await page.getByRole('textbox', { name: 'Key file' }).fill(sshd.key);
      await page.getByRole('button', { name: 'Connect and save' }).click();
      const dialog = page.getByRole('dialog', { name: 'Is this your SSH server?' });
      await dialog.getByText(sshd.fingerprint).waitFor();
      await shot('host-key');
      expect(await window.faults()).toEqual([]);
      // by keyboard: nothing is accepted by a stray Enter
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: 'Connect and save' }).click();
      await dialog.getByRole('button', { name: 'It is the same: accept it' }).click();
      await page.getByRole('heading', { level: 1, name: 'behind' }).waitFor();
      await page.getByText(`${sshd.user}@127.0.0.1:${sshd.port}`).waitFor();
      await page.getByText('visible').first().waitFor();
      await page.getByRole('button', { name: 'Test connection' }).click();
      await page.getByText('Connected to test: PostgreSQL').waitFor();
      await shot('source');
      expect(await window.faults()).toEqual([]);
      await page.getByRole('button', { name: 'Enter SSH passphrase' }).click();
      await page.getByRole('dialog', { name: 'SSH passphrase of “behind”' }).waitFor();
      expect(window.complaints()).toEqual([]);
    });
  },
);
