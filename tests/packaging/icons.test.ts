/** The committed icons: each container by its own format, each picture against the drawing. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawIcons, icnsSizes, icoSizes, linuxSizes } from '../../scripts/icons.ts';
import { chromiumPath, hasChromium } from '../support/electron/start-app.ts';
import { root } from '../support/packaged-app.ts';

const assets = join(root, 'assets');
const read = (name: string): Buffer => readFileSync(join(assets, name));
const names = ['icon.ico', 'icon.icns', ...linuxSizes.map((size) => `icons/${size}x${size}.png`)];

/** The PNGs of a file, in their order. */
function picturesOf(name: string, file: Buffer): Buffer[] {
  if (name.endsWith('.ico')) {
    return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
      const at = 6 + 16 * index;
      const offset = file.readUInt32LE(at + 12);
      return file.subarray(offset, offset + file.readUInt32LE(at + 8));
    });
  }
  if (!name.endsWith('.icns')) return [file];
  const pictures: Buffer[] = [];
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
    pictures.push(file.subarray(at + 8, at + file.readUInt32BE(at + 4)));
  }
  return pictures;
}

/** Width and height in pixels, and how many different bytes its rows have. */
function look(png: Buffer): { readonly width: number; readonly height: number; readonly bytes: number } {
  expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
  }
  const width = png.readUInt32BE(16);
  return { width, height: png.readUInt32BE(20), bytes: new Set(inflateSync(Buffer.concat(data))).size };
}

const sizesOf = (name: string): number[] =>
  picturesOf(name, read(name)).map((png) => {
    const { width, height, bytes } = look(png);
    expect(height).toBe(width);
    // Four colours and their edges at the least.
    expect(bytes, `${name} at ${width}`).toBeGreaterThan(12);
    return width;
  });

describe('the icons', () => {
  it('of Windows are in one file, whose entries say the size of their pictures', () => {
    const file = read('icon.ico');
    expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1]);
    expect(sizesOf('icon.ico')).toEqual([...icoSizes]);
    expect(icoSizes.map((_, index) => file.readUInt8(6 + 16 * index) || 256)).toEqual([...icoSizes]);
  });

  it('of macOS are in one file, by the types of Apple', () => {
    const file = read('icon.icns');
    expect(file.toString('latin1', 0, 4)).toBe('icns');
    expect(file.readUInt32BE(4)).toBe(file.length);
    const types: string[] = [];
    for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
      types.push(file.toString('latin1', at, at + 4));
    }
    expect(types).toEqual(Object.keys(icnsSizes));
    expect(sizesOf('icon.icns')).toEqual(Object.values(icnsSizes));
  });

  it('of Linux are called by their sizes', () => {
    expect(readdirSync(join(assets, 'icons')).sort()).toEqual(
      linuxSizes.map((size) => `${size}x${size}.png`).sort(),
    );
    for (const size of linuxSizes) expect(sizesOf(`icons/${size}x${size}.png`)).toEqual([size]);
  });

  it('are that of the page', () => {
    expect(readFileSync(join(root, 'src/renderer/public/icon.svg'))).toEqual(read('icon.svg'));
  });

  describe.skipIf(!hasChromium)('drawn anew: needs Chromium', () => {
    let browser: Browser;
    let page: Page;
    let drawn: ReadonlyMap<string, Buffer>;
    beforeAll(async () => {
      browser = await chromium.launch({
        executablePath: chromiumPath,
        args: ['--no-sandbox', '--disable-dev-shm-usage'],
      });
      page = await browser.newPage();
      drawn = await drawIcons(page, assets);
    });
    afterAll(() => browser?.close());

    it('are these files', async () => {
      expect([...drawn.keys()].sort()).toEqual([...names].sort());
      for (const name of names) {
        const now = picturesOf(name, drawn.get(name) ?? Buffer.alloc(0));
        for (const [index, png] of picturesOf(name, read(name)).entries()) {
          const there = await difference(page, png, now[index] ?? Buffer.alloc(0));
          // Another Chromium may smooth an edge by another rule.
          expect(there, `${name}, picture ${index}`).toBeLessThan(0.5);
        }
      }
    });

    it('would not pass for another drawing', async () => {
      const [a, b] = [read('icons/256x256.png'), picturesOf('icon.icns', read('icon.icns'))[3]];
      expect(await difference(page, a, b ?? a)).toBeGreaterThan(2);
    });
  });
});

/** The mean difference of two pictures per channel, 0 to 255; 255 where their sizes differ. */
function difference(page: Page, a: Buffer, b: Buffer): Promise<number> {
  const urls = [a, b].map((png) => `data:image/png;base64,${png.toString('base64')}`);
  return page.evaluate(`(async () => {
    const [a, b] = await Promise.all(${JSON.stringify(urls)}.map(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height).data;
    }));
    if (a.length !== b.length) return 255;
    let sum = 0;
    for (let i = 0; i < a.length; i += 1) sum += Math.abs(a[i] - b[i]);
    return sum / a.length;
  })()`) as Promise<number>;
}
