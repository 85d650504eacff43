/** The connections of an open source: one that waits for its next use, and those that are in use. */

interface Endable {
  /** True until the connection is lost or let go. */
  readonly alive: boolean;
  end(): Promise<void>;
}

export interface KeptSessions<S extends Endable> {
  readonly first: S;
  /** The one that waits, or a new one. */
  take(signal: AbortSignal): Promise<S>;
  /** For its next use; ended where another one waits already. */
  giveBack(session: S): Promise<void>;
  drop(session: S): Promise<void>;
  end(): Promise<void>;
}

export function keepSessions<S extends Endable>(
  first: S,
  connect: (signal: AbortSignal) => Promise<S>,
): KeptSessions<S> {
  const open = new Set<S>([first]);
  let idle: S | null = first;
  const drop = async (session: S): Promise<void> => {
    if (!open.delete(session)) return;
    if (idle === session) idle = null;
    await session.end();
  };
  return {
    first,
    take: async (signal) => {
      const session = idle?.alive === true ? idle : await connect(signal);
      idle = null;
      open.add(session);
      return session;
    },
    giveBack: async (session) => {
      if (idle === null) idle = session;
      else await drop(session);
    },
    drop,
    end: async () => {
      await Promise.all([...open].map(drop));
    },
  };
}
