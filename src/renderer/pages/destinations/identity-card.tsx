import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Identity } from '../../../shared/model.ts';
import { Copyable } from '../../components/copyable.tsx';
import { asSentence, formatInstant } from '../../components/format.ts';
import type { DestinationForm } from './destination-form.ts';
import { SignInHelp } from './sign-in-help.tsx';
import { useWho } from './use-who.ts';

/** AWS's worlds apart from each other; a role of one cannot be used in another. */
const partitions: Readonly<Record<string, string>> = {
  aws: 'AWS',
  'aws-cn': 'AWS China',
  'aws-us-gov': 'AWS GovCloud (US)',
  'aws-eusc': 'AWS European Sovereign Cloud',
};

const kinds: Readonly<Record<Identity['kind'], string>> = {
  user: 'IAM user',
  role: 'Role',
  sso: 'IAM Identity Center, permission set',
  root: 'Root user',
  federated: 'Federated user',
};

/** Who AWS says is signed in here. */
export function IdentityCard({ form }: { readonly form: DestinationForm }) {
  const who = useWho(form);
  const { chosen, query } = who;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            query.isSuccess && (
              <Button
                iconName="refresh"
                loading={query.isFetching}
                loadingText="Asking AWS"
                onClick={() => void query.refetch()}
              >
                Check again
              </Button>
            )
          }
        >
          Who AWS sees
        </Header>
      }
    >
      <div aria-live="polite">
        {!chosen && <Box color="text-body-secondary">Choose a profile to see who it is.</Box>}
        {chosen && query.isPending && (
          <StatusIndicator type="loading">Asking AWS who is signed in</StatusIndicator>
        )}
        {query.isSuccess && <Known identity={query.data} />}
        {query.isError && (
          <SpaceBetween size="s">
            <SignInHelp who={who} />
            <Box color="text-body-secondary">
              You can go on without it: only the test at the end needs you to be signed in.
            </Box>
          </SpaceBetween>
        )}
      </div>
    </Container>
  );
}

function Known({ identity }: { readonly identity: Identity }) {
  const { accountId, arn, partition, problem, kind, name, foundBy } = identity;
  const { words, expiresAt } = foundBy;
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={3}
        items={[
          { label: kinds[kind], value: name },
          { label: 'AWS account', value: <Copyable text={accountId} label="account" /> },
          { label: 'Partition', value: `${partitions[partition] ?? partition} (${partition})` },
        ]}
      />
      <KeyValuePairs
        columns={1}
        items={[
          { label: 'ARN (your address in AWS)', value: <Copyable text={arn} label="ARN" /> },
          {
            label: 'Found in',
            value: expiresAt === undefined ? words : `${words}; valid until ${formatInstant(expiresAt)}`,
          },
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
