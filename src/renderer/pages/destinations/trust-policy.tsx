import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { type PolicyDocument, trustPolicy } from '../../../shared/iam.ts';
import type { Identity } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { asSentence } from '../../components/format.ts';
import { PathText } from '../../components/path-text.tsx';
import type { DestinationForm } from './destination-form.ts';
import { NamedPrincipal } from './named-principal.tsx';
import { RoleDocuments } from './role-documents.tsx';
import { SignInHelp } from './sign-in-help.tsx';
import { useWho } from './use-who.ts';

/** Who may use the role: the identity that is signed in here, and only with the external ID. */
export function TrustPolicy({ form }: { readonly form: DestinationForm }) {
  const who = useWho(form);
  const { chosen, query } = who;
  const external = useQuery(api.access.externalId.queryOptions());
  const externalId = external.data?.externalId;
  if (!chosen) return <Hint>Choose a profile to see the trust policy.</Hint>;
  if (query.isPending) return <StatusIndicator type="loading">Asking AWS who is signed in</StatusIndicator>;
  if (query.isError) {
    return (
      <SpaceBetween size="m">
        <SignInHelp who={who} />
        {externalId !== undefined && <NamedPrincipal form={form} externalId={externalId} />}
      </SpaceBetween>
    );
  }
  if (externalId === undefined) return null;
  const { arn, problem } = query.data;
  const document = trustDocument(query.data, externalId);
  return (
    <SpaceBetween size="xs">
      <div>
        <Box variant="small" display="block">
          You are signed in as
        </Box>
        <PathText path={arn} />
      </div>
      {document === undefined ? (
        <>
          <StatusIndicator type="warning">
            {asSentence(problem ?? 'This identity cannot use a role')}
          </StatusIndicator>
          <NamedPrincipal form={form} externalId={externalId} />
        </>
      ) : (
        <RoleDocuments form={form} trust={document} />
      )}
    </SpaceBetween>
  );
}

function trustDocument({ principal }: Identity, externalId: string): PolicyDocument | undefined {
  if (principal === null) return undefined;
  const { aws, arnLike } = principal;
  return trustPolicy({ principal: arnLike === undefined ? { aws } : { aws, arnLike }, externalId });
}

const Hint = ({ children }: { readonly children: string }) => (
  <Box variant="p" color="text-body-secondary" padding="n">
    {children}
  </Box>
);
