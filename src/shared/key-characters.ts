/**
 * Which characters may stand in a key that Sluice writes. One list serves every part of the directory path:
 * names from a database are cleaned with it, text that a user typed is refused with it.
 *
 * Left out are the characters that S3 advises to avoid (user guide, "Object key naming guidelines"): \ { } ^ % `
 * [ ] " < > ~ # | and everything that cannot be printed. Added to them: lone surrogates, which have no UTF-8
 * form, and U+FFFE and U+FFFF, which XML cannot carry, so that a bucket could not be listed any more. Format
 * characters (joiners, direction marks) stay: Persian, Indic scripts and emoji are misspelt without them.
 *
 * Text is not normalised (NFC, NFD): S3 and databases compare bytes, so normalising would merge two tables
 * that the database keeps apart, and would write a name that nobody can find by its own spelling.
 */
const refused = /[\p{Cc}\p{Cs}\uFFFE\uFFFF\\{}^%`[\]"<>~#|]/u;
const refusedOrSlash = new RegExp(`${refused.source}|/`, 'gu');

export interface RefusedCharacter {
  /** 0-based index in UTF-16 code units. */
  readonly position: number;
  /** The character as it can be shown: itself in quotes, or its code point where it has no shape. */
  readonly shown: string;
}

/** The first character of `text` that must not stand in a key; a slash may. */
export function findRefused(text: string): RefusedCharacter | undefined {
  const match = refused.exec(text);
  return match === null ? undefined : { position: match.index, shown: showCharacter(match[0]) };
}

/** `text` as one piece of a path: what must not stand there, and any slash, becomes `_`, one for one. */
export const replaceRefused = (text: string): string => text.replaceAll(refusedOrSlash, '_');

/** Length in bytes of UTF-8, as S3 counts a key. */
export const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

function showCharacter(character: string): string {
  if (/^[!-~]$/.test(character)) return `"${character}"`.replace('"""', `'"'`);
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
