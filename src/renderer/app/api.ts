/** The contract as queries and mutations. */
import { createTanstackQueryUtils } from '@orpc/tanstack-query';
import { QueryClient } from '@tanstack/react-query';
import { client } from '../bridge.ts';

export const queryClient = new QueryClient({
  // The core is on this computer: an answer is never stale for long, and an error is not mended by asking again.
  defaultOptions: { queries: { retry: false, staleTime: 1000 }, mutations: { retry: false } },
});

export const api = createTanstackQueryUtils(client);

/** After a change: whatever was read before may be different now. */
export const refresh = (): Promise<void> => queryClient.invalidateQueries();

export { client };
