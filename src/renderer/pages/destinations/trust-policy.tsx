import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { type PolicyDocument, trustPolicy } from '../../../shared/iam.ts';
import type { Identity } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { failureOf } from '../../app/failure.ts';
import { PathText } from '../../components/path-text.tsx';
import { type DestinationForm, signerOf } from './destination-form.ts';
import { DocumentTabs } from './document-tabs.tsx';
import { NamedPrincipal } from './named-principal.tsx';
import { useSettled } from './use-settled.ts';

/** Who may use the role: the identity that is signed in here, and only with the external ID. */
export function TrustPolicy({ form }: { readonly form: DestinationForm }) {
  const profile = useSettled(form.profile);
  const signer = signerOf({ signer: form.signer, profile });
  const named = signer.kind !== 'profile' || signer.profile !== '';
  const external = useQuery(api.access.externalId.queryOptions());
  const who = useQuery(
    api.access.whoami.queryOptions({ input: { signer }, enabled: named, refetchOnWindowFocus: false }),
  );
  if (!named) return <Hint>Enter the profile to see the trust policy.</Hint>;
  if (who.isFetching) return <StatusIndicator type="loading">Asking AWS who is signed in</StatusIndicator>;
  if (who.error !== null) {
    const { message, fix } = failureOf(who.error);
    return (
      <NotSignedIn
        message={message}
        fix={fix}
        externalId={external.data?.externalId}
        onRetry={() => void who.refetch()}
      />
    );
  }
  if (who.data === undefined || external.data === undefined) return null;
  const document = trustDocument(who.data, external.data.externalId);
  if (document === undefined) {
    return (
      <NotSignedIn
        message={who.data.problem ?? 'This identity cannot use a role'}
        fix="Sign in as an IAM user, through IAM Identity Center or with a role."
        externalId={external.data.externalId}
        onRetry={() => void who.refetch()}
      />
    );
  }
  return (
    <SpaceBetween size="xs">
      <div>
        <Box variant="small" display="block">
          You are signed in as
        </Box>
        <PathText path={who.data.arn} />
      </div>
      <DocumentTabs kind="trust" document={document} />
    </SpaceBetween>
  );
}

function trustDocument({ principal }: Identity, externalId: string): PolicyDocument | undefined {
  if (principal === null) return undefined;
  const { aws, arnLike } = principal;
  return trustPolicy({ principal: arnLike === undefined ? { aws } : { aws, arnLike }, externalId });
}

interface NotSignedInProps {
  readonly message: string;
  readonly fix: string;
  readonly externalId: string | undefined;
  readonly onRetry: () => void;
}

function NotSignedIn({ message, fix, externalId, onRetry }: NotSignedInProps) {
  return (
    <SpaceBetween size="s">
      <Alert
        type="warning"
        header="The trust policy needs your AWS sign-in"
        action={<Button onClick={onRetry}>Try again</Button>}
      >
        <Box variant="p" padding="n">
          {message}.
        </Box>
        <Box variant="p" padding="n">
          {fix}
        </Box>
      </Alert>
      {externalId !== undefined && <NamedPrincipal externalId={externalId} />}
    </SpaceBetween>
  );
}

const Hint = ({ children }: { readonly children: string }) => (
  <Box variant="p" color="text-body-secondary" padding="n">
    {children}
  </Box>
);
