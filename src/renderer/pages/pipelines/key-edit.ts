/** Changes to the text of a partition key that a button makes for the user. */
import type { ParameterName } from '../../../shared/partition-key.ts';

export interface Edited {
  readonly text: string;
  /** Where the caret belongs now: 0-based, in UTF-16 code units. */
  readonly caret: number;
}

/**
 * Puts a parameter in place of the selection. One that would land inside another parameter goes behind it, and
 * two that would touch get a slash between them, since `year=2024month=11` is hardly ever meant.
 * @param from start of the selection, 0-based; equal to `to` for a mere caret
 */
export function insertParameter(text: string, from: number, to: number, name: ParameterName): Edited {
  const start = from === to ? behindParameter(text, from) : from;
  const before = text.slice(0, start);
  const after = text.slice(Math.max(start, to));
  const left = before.endsWith('}') ? '/' : '';
  const right = after.startsWith('${') ? '/' : '';
  const inserted = `${before}${left}\${${name}}`;
  return { text: inserted + right + after, caret: inserted.length };
}

function behindParameter(text: string, caret: number): number {
  for (const { index, 0: parameter } of text.matchAll(/\$\{[^${}/]*\}/g)) {
    if (index < caret && caret < index + parameter.length) return index + parameter.length;
  }
  return caret;
}

/**
 * The text with what was mistyped at `position` replaced by the parameter that was probably meant.
 * @param length of what the rule marks as wrong
 */
export function correctParameter(text: string, position: number, length: number, name: string): Edited {
  const [start, end] = mistyped(text, position, length);
  const corrected = `${text.slice(0, start)}\${${name}}`;
  return { text: corrected + text.slice(end), caret: corrected.length };
}

/** The rule marks `${…` whole, but only the brace of `{YEAR}`, and the whole text where `$YEAR` stands bare. */
function mistyped(text: string, position: number, length: number): readonly [number, number] {
  if (text.startsWith('${', position)) return [position, position + length];
  const braced = /^\{[A-Za-z_ ]+\}?/.exec(text.slice(position))?.[0];
  if (braced !== undefined) return [position, position + braced.length];
  const bare = /\$[A-Za-z_]+/.exec(text);
  return bare === null ? [position, position + length] : [bare.index, bare.index + bare[0].length];
}
