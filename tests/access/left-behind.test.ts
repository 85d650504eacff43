/** What a killed test left is swept by the next one, and nothing else; services that refuse checksums are met halfway. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBucket } from '../../src/main/access/bucket.ts';
import { type AccessRig, startAccessRig, tested } from './rig.ts';

let rig: AccessRig;
let behind = 0;
beforeEach(async () => {
  behind = 0;
  rig = await startAccessRig({ clock: () => new Date(Date.now() - behind) });
});
afterEach(() => rig[Symbol.asyncDispose]());

async function put(...keys: string[]): Promise<void> {
  using bucket = openBucket(rig.keys(), rig.context);
  for (const key of keys)
    await bucket.put(key, Buffer.from('x'), 'jNwWgw==', { contentType: 'text/plain', metadata: {} });
}
const uuid = () => crypto.randomUUID();

describe('test files of a test that was killed', () => {
  it('are swept, where they are old, ours, and right under the prefix', async () => {
    behind = 20 * 60_000;
    const [swept, others] = [
      `in/.sluice-test-${uuid()}`,
      [
        `in/.sluice-test-notes.txt`,
        `in/deep/.sluice-test-${uuid()}`,
        `.sluice-test-${uuid()}`,
        `in/data.csv.gz`,
      ],
    ];
    await put(swept, ...others);
    behind = 0;
    const young = `in/.sluice-test-${uuid()}`;
    await put(young);
    const { checks } = await tested(rig.role(), rig.context);
    expect(checks.at(-1)).toMatchObject({
      check: 'clean-up',
      verdict: 'passed',
      cause: expect.stringContaining('(1)'),
    });
    expect((await rig.objects()).sort()).toEqual([...others, young].sort());
  });

  it('stay where they may not be deleted, and the test does not fail for them twice', async () => {
    behind = 20 * 60_000;
    await put(`in/.sluice-test-${uuid()}`);
    behind = 0;
    rig.faults.intercept = ({ operation }) => (operation === 'DeleteObject' ? { deny: true } : undefined);
    const { checks } = await tested(rig.role(), rig.context);
    expect(checks.filter(({ verdict }) => verdict === 'failed').map(({ check }) => check)).toEqual([
      'delete',
    ]);
  });
});

describe('a service that refuses checksums', () => {
  let front: Server;
  const refused: string[] = [];
  let refuses: (incoming: IncomingMessage) => boolean;
  beforeEach(async () => {
    refused.length = 0;
    front = createServer((incoming, response) => {
      const { method, url, headers } = incoming;
      if (refuses(incoming)) {
        refused.push(`${method} ${url}`);
        incoming.resume();
        const error =
          '<Error><Code>NotImplemented</Code><Message>A header you provided implies functionality that is not implemented</Message></Error>';
        incoming.on('end', () => response.writeHead(501, { 'content-type': 'application/xml' }).end(error));
        return;
      }
      const { port } = new URL(rig.sandbox.endpoint);
      const passed = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      incoming.pipe(passed);
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
  });
  afterEach(() => {
    front.close();
    front.closeAllConnections();
  });
  const settings = () => rig.role({ endpoint: `http://127.0.0.1:${(front.address() as AddressInfo).port}` });
  const hasChecksum = ({ headers }: IncomingMessage): boolean =>
    Object.keys(headers).some((name) => /^x-amz-(checksum|sdk-checksum)/.test(name));

  it('is asked without them after one refusal; it is said, learned, and not tried again', async () => {
    refuses = hasChecksum;
    const { checks, learned } = await tested(settings(), rig.context);
    expect(learned).toEqual({ checksums: 'when-required' });
    expect(checks.filter(({ verdict }) => verdict !== 'passed')).toMatchObject([
      { check: 'put', verdict: 'warning', cause: expect.stringContaining('refuses the checksums') },
    ]);
    expect(await rig.objects()).toEqual([]);
    refused.length = 0;
    const again = await tested({ ...settings(), ...learned }, rig.context);
    expect(again.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(refused).toEqual([]);
  });

  it('for uploads in parts only is met halfway, too', async () => {
    refuses = (incoming) => /\?.*uploads/.test(incoming.url ?? '') && hasChecksum(incoming);
    const { checks, learned } = await tested(settings(), rig.context);
    expect(learned).toEqual({ checksums: 'when-required' });
    expect(checks.filter(({ verdict }) => verdict !== 'passed')).toMatchObject([
      { check: 'abort', verdict: 'warning' },
    ]);
  });

  it('and refuses without them, too: the refusal itself is told', async () => {
    refuses = ({ method }) => method === 'PUT';
    const { checks, learned } = await tested(settings(), rig.context);
    expect(learned).toEqual({});
    expect(checks.find(({ check }) => check === 'put')).toMatchObject({
      verdict: 'failed',
      code: 'DESTINATION_FAILED',
    });
  });
});
