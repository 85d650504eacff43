/** The way of somebody without a mouse. */
import type { Page } from 'playwright-core';

interface Named {
  readonly labels?: Iterable<{ readonly textContent: string | null }> | null;
  readonly ariaLabel: string | null;
  readonly textContent: string | null;
  readonly ariaLabelledByElements?: readonly { readonly textContent: string | null }[] | null;
}

/** The name of what has the focus: its label, or what stands in it; '' when the focus has left the page. */
export async function focused(page: Page): Promise<string> {
  const element = page.locator('*:focus');
  if ((await element.count()) === 0) return '';
  return await element.evaluate((node) => {
    const { labels, ariaLabel, ariaLabelledByElements, textContent } = node as unknown as Named;
    const labelled = [...(labels ?? []), ...(ariaLabelledByElements ?? [])];
    const names = [ariaLabel, ...labelled.map((label) => label.textContent), textContent];
    return names.find((name) => name !== null && name !== '') ?? '';
  });
}

/** Presses Tab until the focus is on what has this name. */
export async function tabTo(page: Page, name: RegExp, limit = 60): Promise<void> {
  for (let count = 0; count < limit; count++) {
    await page.keyboard.press('Tab');
    if (name.test(await focused(page))) return;
  }
  throw new Error(`Tab never reached ${name}`);
}

/** Chooses a region as somebody does who types a piece of its name; `part` must fit one region or be its code. */
export async function chooseRegion(page: Page, part: string): Promise<void> {
  await page.getByRole('button', { name: /^Region/ }).press('Enter');
  await page.keyboard.type(part);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
}

/** The region that the form holds, as it is shown. */
export const chosenRegion = async (page: Page): Promise<string> =>
  (await page.getByRole('button', { name: /^Region/ }).textContent()) ?? '';
