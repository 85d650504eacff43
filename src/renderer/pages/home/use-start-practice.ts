import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { client, refresh } from '../../app/api.ts';

/** Sets up practice mode, then opens its pipeline. */
export function useStartPractice() {
  const [, navigate] = useLocation();
  return useMutation({
    mutationFn: () => client.practice.start(),
    onSuccess: async ({ pipeline }) => {
      await refresh();
      navigate(`/pipelines/named/${encodeURIComponent(pipeline)}`);
    },
  });
}
