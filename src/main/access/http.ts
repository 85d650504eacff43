/**
 * How requests leave this computer: through the proxy of the environment, and trusting the certificates that a company
 * has added. The same for S3, STS, IAM and the sign-in of IAM Identity Center.
 */
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SluiceError } from '../../shared/errors.ts';
import type { Signer } from '../../shared/model.ts';
import { currentProfile, readProfiles } from './profiles.ts';

/** Milliseconds. */
const timeouts = { connectionTimeout: 10_000, socketTimeout: 60_000 };

/** A handler for one client, which closes its connections when the client is destroyed. */
export function httpHandler(signer?: Signer): NodeHttpHandler {
  return new NodeHttpHandler(async () => {
    const agent = { keepAlive: true, maxSockets: 50, proxyEnv: proxyEnvironment() };
    const added = (await bundlesOf(signer)).map(readBundle);
    return { ...timeouts, httpAgent: new HttpAgent(agent), httpsAgent: new TrustingAgent(agent, added) };
  });
}

/** Reads what this computer trusts when the first connection needs it: that takes a third of a second. */
class TrustingAgent extends HttpsAgent {
  private readonly added: readonly string[];

  constructor(options: AgentOptions, added: readonly string[]) {
    super(options);
    this.added = added;
  }

  override createConnection(
    options: RequestOptions,
    connected?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    const secured: RequestOptions & Pick<ConnectionOptions, 'secureContext'> = {
      ...options,
      secureContext: trusted(this.added),
    };
    return super.createConnection(secured, connected);
  }
}

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'] as const;

/**
 * The proxy settings as Node takes them; the names may be in lower or upper case. A service on this computer, like the
 * practice sandbox, is never asked for through a proxy.
 */
export function proxyEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const proxies = proxyNames.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []));
  if (proxies.length === 0) return {};
  const except = [env.no_proxy || env.NO_PROXY || '', 'localhost', '127.0.0.1', '[::1]', '::1'];
  return { ...Object.fromEntries(proxies), NO_PROXY: except.filter((entry) => entry !== '').join(',') };
}

interface Bundle {
  readonly path: string;
  /** The setting that names it. */
  readonly by: string;
}

/** Files with certificates of authorities, by the settings of the AWS command line and of Node. */
async function bundlesOf(signer: Signer | undefined): Promise<Bundle[]> {
  const bundles: Bundle[] = [];
  const add = (by: string, path: string | undefined): void => {
    if (path) bundles.push({ by, path });
  };
  add('AWS_CA_BUNDLE', process.env.AWS_CA_BUNDLE);
  const profiles = await readProfiles();
  const profile = signer?.kind === 'profile' ? signer.profile : currentProfile(profiles);
  if (profile !== undefined) add(`ca_bundle of the profile "${profile}"`, profiles[profile]?.ca_bundle);
  // Node reads it by itself, but only where it exists when the program starts, and complains to the terminal alone.
  add('NODE_EXTRA_CA_CERTS', process.env.NODE_EXTRA_CA_CERTS);
  return bundles;
}

/** By what was added; every client needs one. */
const contexts = new Map<string, SecureContext>();

/** @param added certificates beside those that come with Node and with the system */
function trusted(added: readonly string[]): SecureContext {
  const key = added.join('\n');
  const known = contexts.get(key);
  if (known !== undefined) return known;
  // What the company's own software distribution has put into the system's store, the browser trusts too.
  const ca = [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...added])];
  const context = createSecureContext({ ca });
  contexts.set(key, context);
  return context;
}

/** @throws SluiceError INPUT_INVALID */
function readBundle({ path, by }: Bundle): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw unusable(`The certificates in ${path} (${by}) cannot be read: ${code}`, cause);
  }
  if (/-----BEGIN CERTIFICATE-----/.test(text)) return text;
  throw unusable(`There is no certificate in ${path} (${by})`);
}

const unusable = (message: string, cause?: unknown): SluiceError =>
  new SluiceError('INPUT_INVALID', message, {
    cause,
    fix: 'Let the setting name a file of PEM certificates, or take the setting away.',
  });
