import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { failureOf } from '../../app/failure.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { asSentence } from '../../components/format.ts';
import { signInCommand, type Who } from './use-who.ts';

/** AWS could not be asked, or does not know who asks: why, the command that signs in, and another try. */
export function SignInHelp({ who: { query, profile } }: { readonly who: Who }) {
  const { code, message, fix } = failureOf(query.error);
  const command = signInCommand(query.error, profile);
  const retry = (
    <Button
      formAction="none"
      loading={query.isFetching}
      loadingText="Asking AWS"
      onClick={() => void query.refetch()}
    >
      Retry
    </Button>
  );
  return (
    <SpaceBetween size="s">
      <Alert type="warning" header={headers[code] ?? 'AWS could not be asked who you are'} action={retry}>
        <Box variant="p" padding="n">
          {asSentence(message)}
        </Box>
        {command === undefined && (
          <Box variant="p" padding="n">
            {fix}
          </Box>
        )}
      </Alert>
      {command !== undefined && (
        <div>
          <Box variant="p">
            Run this in a terminal. It opens the sign-in page in your browser. Then come back here.
          </Box>
          <CodeBlock text={command} label="Sign-in command" />
        </div>
      )}
      {command === undefined && code === 'NOT_SIGNED_IN' && <FirstSignIn />}
    </SpaceBetween>
  );
}

const headers: Readonly<Record<string, string>> = {
  NOT_SIGNED_IN: 'You are not signed in to AWS yet',
  SESSION_EXPIRED: 'Your AWS sign-in has ended',
};

/** For somebody who has never signed in on this computer. */
function FirstSignIn() {
  return (
    <div>
      <Box variant="p">
        Signing in is done with the AWS command line. Once, in a terminal: for IAM Identity Center (SSO)
      </Box>
      <CodeBlock text="aws configure sso" label="Command that sets up SSO" />
      <Box variant="p">or for the access key of a user</Box>
      <CodeBlock text="aws configure" label="Command that sets up an access key" />
    </div>
  );
}
