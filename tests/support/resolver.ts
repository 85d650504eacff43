/**
 * Loaded into a program before it starts (NODE_OPTIONS=--import): names that end in .sluice-test are looked up in a
 * file, which a test changes while the program runs. The file holds an address, or the code that a resolver fails with.
 */
import dns from 'node:dns';
import { readFileSync } from 'node:fs';

const file = process.env.SLUICE_TEST_RESOLVER ?? '';
const real = dns.lookup;

type Answer = (error: Error | null, address?: unknown, family?: number) => void;

function lookup(name: string, ...rest: unknown[]): unknown {
  if (!name.endsWith('.sluice-test')) return Reflect.apply(real, dns, [name, ...rest]);
  const answer = rest.at(-1) as Answer;
  const options = rest.length > 1 ? rest[0] : undefined;
  const all = typeof options === 'object' && options !== null && 'all' in options && options.all === true;
  const said = readFileSync(file, 'utf8').trim();
  setImmediate(() => {
    if (/^[\d.]+$/.test(said)) {
      if (all) answer(null, [{ address: said, family: 4 }]);
      else answer(null, said, 4);
      return;
    }
    const error = new Error(`getaddrinfo ${said} ${name}`);
    answer(Object.assign(error, { code: said, syscall: 'getaddrinfo', hostname: name }));
  });
  return {};
}
dns.lookup = lookup as typeof dns.lookup;
