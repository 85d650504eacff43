/** What the contract suite asks of a host; one file per host says how it is started and spoken to. */
import type { ContractClient } from '../../src/shared/contract.ts';

/** One client, as one window or one page has it. */
export interface Connection {
  readonly client: ContractClient;
  /** The client goes away; the host and other clients stay. */
  disconnect(): Promise<void>;
}

export interface RunningHost {
  connect(): Promise<Connection>;
  close(): Promise<void>;
}

export interface MortalHost extends RunningHost {
  /** Ends the host as a crash or `kill -9` does, without a farewell. */
  kill(): Promise<void>;
}

/** Every message on its way to a client, as the text that crosses. */
export type Record = (text: string) => void;

export interface HostKind {
  /** As `system.info` says it. */
  readonly host: 'cli' | 'web' | 'electron';
  /**
   * Whether its keychain always works, as one in memory does. Where it is the system's, saving a secret may
   * succeed, or fail with a code of the keychain.
   */
  readonly keepsSecrets: boolean;
  /** False for a direct call, where nothing crosses and nothing is recorded. */
  readonly crosses: boolean;
  /** @param folder the data folder; it exists */
  start(folder: string, record: Record): Promise<RunningHost>;
  /** In a process or thread of its own; absent where caller and host are one. */
  readonly startMortal?: (folder: string, record: Record) => Promise<MortalHost>;
}
