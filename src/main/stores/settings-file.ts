/** Reads what a settings file holds, without changing anything: text in, verdict out. */
import { z } from 'zod';
import { type Settings, settingsSchema } from '../../shared/model.ts';
import { isObject, unknownProperty } from '../../shared/unknown-property.ts';

/** The format that this version writes. */
export const settingsVersion = 1;

export type SettingsVerdict =
  | { readonly verdict: 'valid'; readonly settings: Settings }
  /** Written by a version of Sluice that knows more than this one. */
  | { readonly verdict: 'newer'; readonly version: number }
  /** `externalId` is what could still be read of it. */
  | { readonly verdict: 'corrupt'; readonly reason: string; readonly externalId: string | undefined };

/**
 * `value` as the model knows it, or why it does not fit, in words that name properties and never their values.
 * Unknown properties are refused rather than dropped, so that no secret can be put into the settings by mistake.
 */
export function fitSettings(value: unknown): { readonly settings: Settings } | { readonly reason: string } {
  const parsed = settingsSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? '' : issue.path.join('.');
    // An issue's message can quote unknown keys; only the kind of trouble and the place are said.
    return { reason: `${where === '' ? 'the file' : where} is not what it should be (${issue?.code})` };
  }
  const unknown = unknownProperty(value, parsed.data);
  return unknown === undefined ? { settings: parsed.data } : { reason: `${unknown} is an unknown property` };
}

const uuid = z.uuid();

/** The external ID out of a damaged file, if there is exactly one that is well formed. */
function salvageExternalId(text: string): string | undefined {
  const found = new Set<string>();
  for (const match of text.matchAll(/"externalId"\s*:\s*"([0-9a-fA-F-]{36})"/g)) {
    const id = match[1];
    if (id !== undefined && uuid.safeParse(id).success) found.add(id);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** What a settings file of this text is good for. */
export function examineSettings(text: string): SettingsVerdict {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text; that it is not JSON is all there is to say.
    return { verdict: 'corrupt', reason: 'it is not JSON', externalId: salvageExternalId(text) };
  }
  const version = isObject(value) ? value.version : undefined;
  if (typeof version === 'number' && version > settingsVersion) return { verdict: 'newer', version };
  const fitted = fitSettings(value);
  if ('settings' in fitted) return { verdict: 'valid', settings: fitted.settings };
  return { verdict: 'corrupt', reason: fitted.reason, externalId: salvageExternalId(text) };
}
