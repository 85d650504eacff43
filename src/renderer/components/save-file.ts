/** Hands text to the user as a file. */

const types: Readonly<Record<string, string>> = { json: 'application/json', csv: 'text/csv' };

/** The browser asks where to, or puts it among the downloads. */
export function saveFile(name: string, text: string): void {
  const type = types[name.split('.').at(-1) ?? ''] ?? 'text/plain';
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
