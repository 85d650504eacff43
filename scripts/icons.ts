/**
 * Draws the icons of the installers from assets/icon.svg and assets/icon-small.svg. Run it after a change of either:
 * `node scripts/icons.ts`. Needs Chromium; what it writes is committed, so that a build needs none.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

/** Pixels of each file in assets/icons, which Linux looks for by their names. */
export const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512] as const;

/** Pixels of each picture in icon.ico; those that Windows shows at 100, 125, 150 and 200 per cent. */
export const icoSizes = [16, 20, 24, 32, 40, 48, 64, 128, 256] as const;

/** Apple's four letters for a PNG -> its pixels. Each but ic07 to ic10 is the doubled one of half its size. */
export const icnsSizes = {
  ...{ ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 },
} as const;

/** Up to here, in pixels, the simple drawing is shown. */
const smallUpTo = 32;

/** Part of the picture that an icon of macOS fills: 824 of 1024, of a drawing that fills 60 of 64 itself. */
const macScale = 824 / 1024 / (60 / 64);

/**
 * One picture with a transparent ground.
 * @param assets the folder of the drawings
 * @param scale part of the picture that the drawing fills, from 0 to 1
 * @returns a PNG of `size` by `size` pixels
 */
export async function drawIcon(page: Page, assets: string, size: number, scale = 1): Promise<Buffer> {
  const drawing = readFileSync(join(assets, size <= smallUpTo ? 'icon-small.svg' : 'icon.svg'), 'base64');
  const inner = size <= smallUpTo ? size : size * scale;
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>html, body { margin: 0; height: 100%; display: grid; place-items: center; }</style>
    <img width="${inner}" height="${inner}" src="data:image/svg+xml;base64,${drawing}">`,
    { waitUntil: 'load' },
  );
  return page.screenshot({ omitBackground: true });
}

/** The pictures of all files, by their names. */
export async function drawIcons(page: Page, assets: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const size of linuxSizes) files.set(`icons/${size}x${size}.png`, await drawIcon(page, assets, size));
  const ico: Buffer[] = [];
  for (const size of icoSizes) ico.push(await drawIcon(page, assets, size));
  files.set('icon.ico', packIco(ico));
  const icns: (readonly [string, Buffer])[] = [];
  for (const [type, size] of Object.entries(icnsSizes)) {
    icns.push([type, await drawIcon(page, assets, size, macScale)]);
  }
  files.set('icon.icns', packIcns(icns));
  return files;
}

/** Windows' container: a header, an entry of 16 bytes for each picture, the PNGs. */
function packIco(pictures: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [index, png] of pictures.entries()) {
    const at = 6 + 16 * index;
    // 256 is written as 0. The width of a PNG is its 16th to 19th byte.
    header.writeUInt8(png.readUInt32BE(16) % 256, at);
    header.writeUInt8(png.readUInt32BE(20) % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...pictures]);
}

/** Apple's container: `icns`, the length of all; then for each its type, its length with these eight bytes, the PNG. */
function packIcns(pictures: readonly (readonly [type: string, png: Buffer])[]): Buffer {
  const parts = pictures.map(([type, png]) => chunk(type, png));
  return chunk('icns', Buffer.concat(parts));
}

function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}

if (import.meta.main) {
  const assets = join(import.meta.dirname, '../assets');
  const executablePath = process.env.STAND_IN_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const files = await drawIcons(await browser.newPage(), assets);
  await browser.close();
  rmSync(join(assets, 'icons'), { recursive: true, force: true });
  mkdirSync(join(assets, 'icons'));
  for (const [name, content] of files) writeFileSync(join(assets, name), content);
}
