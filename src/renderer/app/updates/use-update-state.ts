import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { UpdateState } from '../../../shared/updates.ts';
import { api, client } from '../api.ts';

/** How far an update of the desktop app is; undefined where the program is not updated from here. */
export function useUpdateState(): UpdateState | undefined {
  const { data: info } = useQuery(api.system.info.queryOptions());
  const [state, setState] = useState<UpdateState>();
  // In the browser there are none, and a stream would take one of few connections.
  const isApp = info?.host === 'electron';
  useEffect(() => {
    if (!isApp) return undefined;
    const end = new AbortController();
    const listen = async (): Promise<void> => {
      for await (const now of await client.updates.watch(undefined, { signal: end.signal })) {
        if (now.support !== 'none') setState(now);
      }
    };
    // It breaks only with the connection to the app, and then whatever the user does here says so.
    listen().catch(() => undefined);
    return () => end.abort();
  }, [isApp]);
  return state;
}
