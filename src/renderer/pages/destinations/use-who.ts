/** Who signs for the role: the identity that AWS sees, and the profiles of this computer. */
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { AwsProfile, Identity } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { failureOf } from '../../app/failure.ts';
import { type DestinationForm, signerOf } from './destination-form.ts';

export interface Who {
  /** False as long as a profile has to be chosen. */
  readonly chosen: boolean;
  readonly query: UseQueryResult<Identity>;
  /** The profile that signs, as far as the files of this computer tell. */
  readonly profile: AwsProfile | undefined;
}

/** Asks AWS; whoever comes back to the window after a failed try may have signed in meanwhile, and is asked anew. */
export function useWho(form: Pick<DestinationForm, 'signer' | 'profile'>): Who {
  const signer = signerOf(form);
  const chosen = signer.kind !== 'profile' || signer.profile !== '';
  const query = useQuery(
    api.access.whoami.queryOptions({
      input: { signer },
      enabled: chosen,
      refetchOnWindowFocus: ({ state }) => state.status === 'error',
    }),
  );
  const { data } = useProfiles();
  const name = signer.kind === 'profile' ? signer.profile : data?.current;
  return { chosen, query, profile: data?.profiles.find((profile) => profile.name === name) };
}

/** The profiles of the AWS command line. */
export const useProfiles = () => useQuery(api.access.profiles.queryOptions());

/** The command that signs in; undefined where signing in would not help, or where there is no such command. */
export function signInCommand(error: unknown, profile: AwsProfile | undefined): string | undefined {
  const { code } = failureOf(error);
  return code === 'NOT_SIGNED_IN' || code === 'SESSION_EXPIRED' ? profile?.signIn : undefined;
}
