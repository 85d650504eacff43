import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { type Source, tunnelOf } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { usePractice } from '../../app/practice.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { PracticeBadge } from '../../components/practice-badge.tsx';
import { EnterPassword } from './enter-password.tsx';
import { FilesPreview } from './files-preview.tsx';
import { ObjectsPanel } from './objects-panel.tsx';
import { RemoveSource } from './remove-source.tsx';
import { TestSource } from './test-source.tsx';
import { kindOf, placeOf } from './words.ts';

export function SourcePage({ name }: { readonly name: string }) {
  const [, navigate] = useLocation();
  const sources = useQuery(api.sources.list.queryOptions());
  const practice = usePractice();
  const [removing, setRemoving] = useState(false);
  const [entering, setEntering] = useState<'database' | 'tunnel' | null>(null);
  const source = sources.data?.find((other) => other.name === name);
  return (
    <Page
      help="source"
      title={name}
      description={practice.sources.includes(name) ? <PracticeBadge /> : undefined}
      actions={
        source !== undefined && (
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setRemoving(true)}>Remove</Button>
            {'passwordInKeychain' in source && (
              <Button onClick={() => setEntering('database')}>Enter password</Button>
            )}
            {source !== undefined && secretOf(source) !== null && (
              <Button onClick={() => setEntering('tunnel')}>Enter {secretOf(source)}</Button>
            )}
            {'passwordInKeychain' in source && <TestSource name={name} />}
            <Button variant="primary" href="#/pipelines/new">
              New pipeline
            </Button>
          </SpaceBetween>
        )
      }
    >
      <FailureAlert error={sources.error} header="The sources could not be read" />
      {sources.data !== undefined && source === undefined && (
        <EmptyState title="This source does not exist" action={<Button href="#/sources">All sources</Button>}>
          It may have been removed, or have another name.
        </EmptyState>
      )}
      {source !== undefined && <Facts source={source} />}
      {source?.kind === 'files' && <FoundFiles name={name} />}
      {source !== undefined && <ObjectsPanel key={name} source={name} />}
      {entering !== null && source !== undefined && (
        <EnterPassword
          name={name}
          of={entering}
          what={entering === 'tunnel' ? (secretOf(source) ?? 'password') : 'password'}
          onClose={() => setEntering(null)}
        />
      )}
      {removing && source !== undefined && (
        <RemoveSource
          source={source}
          onDone={() => navigate('/sources')}
          onClose={() => setRemoving(false)}
        />
      )}
    </Page>
  );
}

function tunnelFacts(source: Source): { label: string; value: string }[] {
  const tunnel = tunnelOf(source);
  if (tunnel === undefined) return [];
  const { auth, user, host, port } = tunnel;
  const by = {
    agent: 'The keys of the SSH agent',
    key: `The key file ${auth.type === 'key' ? auth.path : ''}`,
    password: 'A password',
  };
  return [
    { label: 'SSH server', value: `${user}@${host}:${port}` },
    { label: 'SSH login', value: by[auth.type] },
    ...(auth.type === 'agent'
      ? []
      : [
          {
            label: auth.type === 'key' ? 'SSH passphrase' : 'SSH password',
            value: auth.secretInKeychain ? 'In the keychain of this computer' : 'None stored',
          },
        ]),
  ];
}

/** What logs in to the SSH server, in a word; null where nothing of it can be entered. */
function secretOf(source: Source): string | null {
  const auth = tunnelOf(source)?.auth;
  if (auth === undefined || auth.type === 'agent') return null;
  return auth.type === 'key' ? 'SSH passphrase' : 'SSH password';
}

/** How the files would be read now. */
function FoundFiles({ name }: { readonly name: string }) {
  const found = useQuery(
    api.sources.previewFiles.queryOptions({ input: { name }, refetchOnWindowFocus: false }),
  );
  return (
    <Container header={<Header variant="h2">How the files are read</Header>}>
      <FailureAlert error={found.error} header="The files could not be looked at" />
      {found.data === undefined ? (
        found.error === null && <StatusIndicator type="loading">Looking at the files</StatusIndicator>
      ) : (
        <FilesPreview previews={found.data} />
      )}
    </Container>
  );
}

function Facts({ source }: { readonly source: Source }) {
  return (
    <Container header={<Header variant="h2">Connection</Header>}>
      <KeyValuePairs
        columns={'passwordInKeychain' in source ? 4 : 3}
        items={[
          { label: 'Kind', value: kindOf(source) },
          { label: 'Database', value: source.database },
          {
            label:
              source.kind === 'files'
                ? 'File, folder or pattern'
                : source.kind === 'sqlite'
                  ? 'File'
                  : 'Server',
            value: <PathText path={placeOf(source)} />,
          },
          ...('passwordInKeychain' in source
            ? [
                {
                  label: 'Password',
                  value: source.passwordInKeychain ? 'In the keychain of this computer' : 'None stored',
                },
              ]
            : []),
          ...tunnelFacts(source),
        ]}
      />
    </Container>
  );
}
