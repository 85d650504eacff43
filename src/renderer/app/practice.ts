/** What of the user's things belongs to practice mode. */
import { useQuery } from '@tanstack/react-query';
import type { Destination, Source } from '../../shared/model.ts';
import { api } from './api.ts';

export interface Practice {
  /** True as long as anything of practice mode is there. */
  readonly exists: boolean;
  readonly destinations: readonly string[];
  readonly sources: readonly string[];
  /** Every pipeline that reads from or writes to practice mode; they go when it is removed. */
  readonly pipelines: readonly string[];
}

/** A destination that the sandbox signs for is on this computer. */
export const isPracticeDestination = ({ access }: Destination): boolean =>
  access.type === 'role' && access.signer.kind === 'sandbox';

/** The sample database is the only one that Sluice keeps itself, in its own data folder. */
const isPracticeSource = (source: Source, dataFolder: string): boolean =>
  source.kind === 'sqlite' && dataFolder !== '' && source.path.startsWith(dataFolder);

export function usePractice(): Practice {
  const info = useQuery(api.system.info.queryOptions());
  const { data: destinations = [] } = useQuery(api.destinations.list.queryOptions());
  const { data: sources = [] } = useQuery(api.sources.list.queryOptions());
  const { data: pipelines = [] } = useQuery(api.pipelines.list.queryOptions());
  const dataFolder = info.data?.dataFolder ?? '';
  const theirs = {
    destinations: destinations.filter(isPracticeDestination).map(({ name }) => name),
    sources: sources.filter((source) => isPracticeSource(source, dataFolder)).map(({ name }) => name),
  };
  return {
    ...theirs,
    exists: theirs.destinations.length > 0 || theirs.sources.length > 0,
    pipelines: pipelines
      .filter(
        ({ destination, source }) =>
          theirs.destinations.includes(destination) || theirs.sources.includes(source),
      )
      .map(({ name }) => name),
  };
}
