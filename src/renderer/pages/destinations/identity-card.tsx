import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { Identity } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { failureOf } from '../../app/failure.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { asSentence } from '../../components/format.ts';
import { PathText } from '../../components/path-text.tsx';
import { type DestinationForm, signerOf } from './destination-form.ts';
import { useSettled } from './use-settled.ts';

/** AWS's worlds apart from each other; a role of one cannot be used in another. */
const partitions: Readonly<Record<string, string>> = {
  aws: 'AWS',
  'aws-cn': 'AWS China',
  'aws-us-gov': 'AWS GovCloud (US)',
  'aws-eusc': 'AWS European Sovereign Cloud',
};

/** Who AWS says is signed in here. */
export function IdentityCard({ form }: { readonly form: DestinationForm }) {
  const profile = useSettled(form.profile);
  const signer = signerOf({ signer: form.signer, profile });
  const named = signer.kind !== 'profile' || signer.profile !== '';
  const who = useQuery(
    api.access.whoami.queryOptions({ input: { signer }, enabled: named, refetchOnWindowFocus: false }),
  );
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button
              iconName="refresh"
              disabled={!named}
              loading={who.isFetching}
              loadingText="Asking AWS"
              onClick={() => void who.refetch()}
            >
              Check again
            </Button>
          }
        >
          You are
        </Header>
      }
    >
      <div aria-live="polite">
        {!named && <Box color="text-body-secondary">Enter the profile to see who it is.</Box>}
        {named && who.isFetching && (
          <StatusIndicator type="loading">Asking AWS who is signed in</StatusIndicator>
        )}
        {named && !who.isFetching && who.data !== undefined && <Known identity={who.data} />}
        {named && !who.isFetching && who.error !== null && (
          <NotSignedIn error={who.error} profile={signer.kind === 'profile' ? signer.profile : undefined} />
        )}
      </div>
    </Container>
  );
}

function Known({ identity }: { readonly identity: Identity }) {
  const { accountId, arn, partition, problem } = identity;
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={2}
        items={[
          { label: 'AWS account', value: accountId },
          { label: 'Partition', value: `${partitions[partition] ?? partition} (${partition})` },
          { label: 'ARN (your address in AWS)', value: <PathText path={arn} /> },
        ]}
      />
      {problem !== undefined && (
        <Alert type="warning" header="This identity cannot use a role">
          {asSentence(problem)} Sign in as an IAM user, through IAM Identity Center or with a role, or choose
          access keys above.
        </Alert>
      )}
    </SpaceBetween>
  );
}

interface NotSignedInProps {
  readonly error: unknown;
  readonly profile: string | undefined;
}

function NotSignedIn({ error, profile }: NotSignedInProps) {
  const { code, message, fix } = failureOf(error);
  const command = signInCommand(code, profile);
  return (
    <SpaceBetween size="s">
      <Alert type="warning" header="Nobody is signed in yet">
        <Box variant="p" padding="n">
          {asSentence(message)}
        </Box>
        <Box variant="p" padding="n">
          {fix}
        </Box>
      </Alert>
      {command !== undefined && (
        <div>
          <Box variant="p">
            With IAM Identity Center (SSO), run this in a terminal. It opens the sign-in page. Then press
            “Check again”.
          </Box>
          <CodeBlock text={command} label="Sign-in command" />
        </div>
      )}
      <Box color="text-body-secondary">
        You can go on without it: only the test at the end needs you to be signed in.
      </Box>
    </SpaceBetween>
  );
}

/** As a shell takes it. Undefined where a sign-in would not help, e.g. without a network. */
function signInCommand(code: string, profile: string | undefined): string | undefined {
  if (code !== 'NOT_SIGNED_IN' && code !== 'SESSION_EXPIRED') return undefined;
  if (profile === undefined) return 'aws sso login';
  return `aws sso login --profile ${/^[\w.@-]+$/.test(profile) ? profile : JSON.stringify(profile)}`;
}
