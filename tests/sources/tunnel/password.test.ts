/** Logging in with a password, at ssh2's own server: the system's would need an account made for the test. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { expect, onTestFinished, test } from 'vitest';
import { openTunnel, type Tunnel } from '../../../src/main/sources/tunnel/open.ts';
import type { SluiceError } from '../../../src/shared/errors.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Ask = 'password' | 'keyboard-interactive' | 'two questions';

const password = 'geheim "1"';

/** A server that lets the user in by this way alone, and connects to itself wherever it is asked to. */
async function startServer(ask: Ask): Promise<{ port: number; methods: string[]; known: string }> {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const methods: string[] = [];
  const server = new ssh2.Server({ hostKeys: [privateKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      methods.push(context.method);
      if (ask === 'password') {
        if (context.method === 'password' && context.password === password) context.accept();
        else context.reject(['password']);
        return;
      }
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
      const questions = [
        { prompt: 'Password: ', echo: false },
        ...(ask === 'two questions' ? [{ prompt: 'Code: ', echo: false }] : []),
      ];
      context.prompt(questions, (answers) => {
        if (ask !== 'two questions' && answers[0] === password) context.accept();
        else context.reject();
      });
    });
    client.on('tcpip', (accept, _reject, { destPort }) => {
      const channel = accept();
      channel.write(`you asked for ${destPort}`);
      channel.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) throw key;
  const blob = key.getPublicSSH().toString('base64');
  const known = join(temporaryFolder(), 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${port} ssh-rsa ${blob}\n`);
  return { port, methods, known };
}

const open = async (
  server: { port: number; known: string },
  secret?: string,
  user = 'anna',
): Promise<Tunnel> => {
  const tunnel = await openTunnel(
    { host: '127.0.0.1', port: server.port, user, auth: { type: 'password', secretInKeychain: true } },
    {
      secret,
      hostKeys: { file: `${server.known}.own`, sshFiles: [server.known] },
      signal: new AbortController().signal,
    },
  );
  onTestFinished(() => tunnel[Symbol.asyncDispose]());
  return tunnel;
};
const refusal = (opening: Promise<Tunnel>): Promise<SluiceError> =>
  opening.then(
    () => Promise.reject(new Error('it was let in')),
    (error: SluiceError) => error,
  );

test.each(['password', 'keyboard-interactive'] as const)('by %s', async (ask) => {
  const server = await startServer(ask);
  const tunnel = await open(server, password);
  let text = '';
  for await (const bytes of tunnel.connect('db.example', 5432)) text += String(bytes);
  expect(text).toBe('you asked for 5432');
  expect(server.methods).toContain(ask);
});

test.each(['password', 'keyboard-interactive', 'two questions'] as const)(
  'refused (%s), in plain words that do not repeat it',
  async (ask) => {
    const server = await startServer(ask);
    const error = await refusal(open(server, 'wrong-secret'));
    expect(error.code).toBe('TUNNEL_DENIED');
    expect(error.message).toBe(
      `The SSH server 127.0.0.1:${server.port} does not let "anna" in with this password`,
    );
    expect(JSON.stringify(error) + error.stack + String(error.cause)).not.toContain('wrong-secret');
  },
);

test('the password is not sent to a server that is not known, or has another key', async () => {
  const [server, other] = [await startServer('password'), await startServer('password')];
  const unknown = await refusal(open({ ...server, known: `${server.known}.none` }, password));
  expect(unknown.code).toBe('HOST_KEY_UNKNOWN');
  const known = join(temporaryFolder(), 'known_hosts');
  writeFileSync(known, readFileSync(other.known, 'utf8').replace(String(other.port), String(server.port)));
  const changed = await refusal(open({ ...server, known }, password));
  expect(changed.code).toBe('HOST_KEY_REFUSED');
  expect(server.methods).toEqual([]);
});

test('without one nothing is connected to', async () => {
  const server = await startServer('password');
  const error = await refusal(open(server));
  expect(error).toMatchObject({ code: 'TUNNEL_DENIED', details: { wants: 'password' } });
  expect(server.methods).toEqual([]);
});

test('a server that says nothing is not waited for after a cancel', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const stop = new AbortController();
  const opening = openTunnel(
    { host: '127.0.0.1', port, user: 'anna', auth: { type: 'password', secretInKeychain: true } },
    { secret: password, hostKeys: { file: '/nowhere/known', sshFiles: [] }, signal: stop.signal },
  );
  const from = Date.now();
  setTimeout(() => stop.abort(), 100);
  expect(await refusal(opening)).toMatchObject({ code: 'CANCELLED' });
  expect(Date.now() - from).toBeLessThan(1000);
});
