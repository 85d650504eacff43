/**
 * Uses the keychain and writes one line of JSON for each step. Arguments, each a step: `set=SECRET`, `get`, `delete`.
 */
import { openSecrets } from '../../../src/main/stores/secrets.ts';
import { SluiceError } from '../../../src/shared/errors.ts';

const secrets = openSecrets();
const account = 'destination/test';

async function step(text: string): Promise<unknown> {
  const [what, secret = ''] = text.split('=');
  if (what === 'set') return secrets.set(account, JSON.parse(`"${secret}"`));
  return what === 'get' ? secrets.get(account) : secrets.delete(account);
}

for (const text of process.argv.slice(2)) {
  try {
    process.stdout.write(`${JSON.stringify({ ok: (await step(text)) ?? null })}\n`);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    const { code, message, fix, details } = error;
    process.stdout.write(`${JSON.stringify({ code, message, fix, details })}\n`);
  }
}
