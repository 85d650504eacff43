/**
 * The access key in the .csv that the AWS console offers once, when the key is made. Read in the page, from there
 * into the form, and kept nowhere else.
 */
import { parse } from 'csv-parse/browser/esm/sync';

export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The largest file that is looked at, in bytes; AWS's own have a few hundred. */
export const largestKeyFile = 64 * 1024;

/**
 * Both forms that AWS writes: "Access key ID,Secret access key", and the older one with the name of the user, a
 * password and a link around them. With or without a byte order mark; any line end.
 * @returns the key, or what is wrong with the file as a sentence; neither ever quotes the file
 */
export function keyOfFile(text: string): AwsKey | { readonly problem: string } {
  if (/^\s*AWSAccessKeyId=/m.test(text)) {
    return { problem: 'This is the key of a root user, who may do everything. Make a key of an IAM user.' };
  }
  const [header = [], ...rows] = linesOf(text);
  const names = header.map((name) => name.trim().toLowerCase());
  const [id, secret] = [names.indexOf('access key id'), names.indexOf('secret access key')];
  if (id === -1 || secret === -1) {
    return {
      problem: 'This file has no columns “Access key ID” and “Secret access key”. Choose the .csv of AWS.',
    };
  }
  const keys = rows.map((row) => ({
    accessKeyId: row[id]?.trim() ?? '',
    secretAccessKey: row[secret]?.trim() ?? '',
  }));
  const whole = keys.filter((key) => key.accessKeyId !== '' && key.secretAccessKey !== '');
  const [key] = whole;
  if (key === undefined) return { problem: 'This file holds no access key with its secret.' };
  if (whole.length > 1) {
    return { problem: `This file holds ${whole.length} keys. Copy the one that you mean into the fields.` };
  }
  return key;
}

/** None where the text is no such table at all. */
function linesOf(text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
  } catch {
    // Its message would quote the line, and so perhaps the secret.
    return [];
  }
}
