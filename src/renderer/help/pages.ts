/** The pages of the documentation, as scripts/help-pages.ts writes them when the page is built. */
import { useQuery } from '@tanstack/react-query';
import { type HelpPage, helpPagesSchema } from '../../shared/help-pages.ts';

async function readPages(): Promise<readonly HelpPage[]> {
  const answer = await fetch('./help.json');
  if (!answer.ok) throw new Error(answer.statusText);
  return helpPagesSchema.parse(await answer.json());
}

/** Read when they are first asked for. */
export const useHelpPages = () =>
  useQuery({ queryKey: ['help'], queryFn: readPages, staleTime: Number.POSITIVE_INFINITY });
