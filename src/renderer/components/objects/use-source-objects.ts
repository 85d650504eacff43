import { useQuery } from '@tanstack/react-query';
import { api } from '../../app/api.ts';

/**
 * What a source holds. Asked of the database itself, which takes a while where it is large, so it is asked again only
 * on request.
 * @param source '' while none is chosen
 */
export const useSourceObjects = (source: string) =>
  useQuery(
    api.sources.objects.queryOptions({
      input: { name: source },
      enabled: source !== '',
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
    }),
  );
