/** What is known of newer versions of the desktop app, and how far an update is. */
import { z } from 'zod';

/** Release notes are cut at this length, in characters. */
export const mostNotes = 20_000;

const version = z.string().max(100);

export const updateStateSchema = z.object({
  /** none: this program is not updated from here; by-hand: it can tell of a new version, not install it. */
  support: z.enum(['none', 'by-hand', 'itself']),
  /** The version that runs. */
  current: version,
  now: z.discriminatedUnion('step', [
    z.object({ step: z.literal('idle') }),
    z.object({ step: z.literal('checking') }),
    z.object({ step: z.literal('up-to-date') }),
    z.object({
      step: z.literal('available'),
      version,
      /** What it brings, as plain text; null where that is not told. */
      notes: z.string().max(mostNotes).nullable(),
      /** Where it can be read about and downloaded by hand; null where that is not known. */
      page: z.url({ protocol: /^https$/ }).nullable(),
    }),
    /** In bytes; `total` is 0 until it is known. */
    z.object({ step: z.literal('downloading'), version, received: z.number(), total: z.number() }),
    /** Downloaded and its checksum found right; `atQuit` once the user wants it installed when the app ends. */
    z.object({ step: z.literal('ready'), version, atQuit: z.boolean() }),
    z.object({ step: z.literal('failed'), message: z.string(), fix: z.string() }),
  ]),
});
export type UpdateState = z.infer<typeof updateStateSchema>;

export const updateSettingsSchema = z.object({
  /** Whether the app looks for a new version by itself, after its start and once a day. */
  automatic: z.boolean(),
});
export type UpdateSettings = z.infer<typeof updateSettingsSchema>;

export const usualUpdateSettings: UpdateSettings = { automatic: true };
