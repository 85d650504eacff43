/** Files in the window: entered, looked at, saved, and shown with what was found out about them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { install } from '../support/cli.ts';
import { hasChromium, openTheatre, type Theatre } from '../support/window.ts';

let theatre: Theatre | undefined;
beforeAll(async () => {
  if (hasChromium) theatre = await openTheatre();
});
afterAll(() => theatre?.[Symbol.asyncDispose]());

const pictures = process.env.SLUICE_SCREENS;

for (const colorScheme of ['light', 'dark'] as const) {
  test.skipIf(!hasChromium)(
    `files in the window, ${colorScheme}: needs Chromium`,
    { timeout: 180_000 },
    async () => {
      if (theatre === undefined) throw new Error('no theatre');
      using installation = install();
      const exported = join(installation.home, 'exports');
      mkdirSync(exported);
      writeFileSync(join(exported, 'orders.csv'), 'id;note\n001;"x, y"\n002;\n003;""\n');
      await using window = await theatre.open(installation, { colorScheme });
      const { page } = window;
      const look = async (name: string): Promise<void> => {
        await page.waitForLoadState('networkidle');
        if (pictures !== undefined) {
          await page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`), fullPage: true });
        }
        expect(await window.faults()).toEqual([]);
      };

      await window.go('/sources/new');
      await page.getByLabel('Name', { exact: true }).fill('Exports');
      await page.getByRole('radio', { name: /^Files/ }).check();
      await page.getByRole('button', { name: 'Look at the files' }).click();
      await page.getByText('Give the whole path of the file').waitFor();
      await page.getByLabel('File, folder or pattern').fill(join(exported, 'gone'));
      await page.getByRole('button', { name: 'Look at the files' }).click();
      await page.getByText('There is no file').waitFor();
      await page.getByLabel('File, folder or pattern').fill(exported);
      await page.getByRole('button', { name: 'How CSV is read' }).click();
      await page.getByLabel(/^Delimiter/).fill(';;');
      await page.getByRole('button', { name: 'Look at the files' }).click();
      await page.getByText('A delimiter is one character.').waitFor();
      await look('files-form-failing');
      await page.getByLabel(/^Delimiter/).fill('');
      await page.getByRole('radio', { name: /^Set the rows aside/ }).check();
      await page.getByRole('button', { name: 'Look at the files' }).click();
      await page
        .getByText('CSV, delimiter semicolon, quote ", with a header, utf-8, empty is NULL')
        .waitFor();
      expect(await page.getByRole('table', { name: 'First rows of orders' }).innerText()).toMatch(
        /001\s+x, y\s+002\s+NULL\s+003\s+""/,
      );
      await look('files-form');
      await page.getByRole('button', { name: 'Connect and save' }).click();
      await page.getByRole('heading', { name: 'How the files are read' }).waitFor();
      await page.getByText('delimiter semicolon').waitFor();
      await page.getByText('exports', { exact: true }).first().waitFor();
      await look('files-source');
      const { sources } = JSON.parse((await installation.run(['source', 'list', '--json'])).stdout);
      expect(sources).toEqual([{ name: 'Exports', kind: 'files', database: 'exports' }]);
      expect(window.complaints()).toEqual([]);
    },
  );
}
