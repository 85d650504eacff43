import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { api, client, refresh } from '../../app/api.ts';
import { failureOf } from '../../app/failure.ts';
import { flash } from '../../app/flash.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { useFields } from '../../components/use-fields.ts';
import { AcceptHostKey, isUnknownHost } from './accept-host-key.tsx';
import { SourceFields } from './source-fields.tsx';
import { emptyForm, fieldOf, problemsOf, sourceOf } from './source-form.ts';
import { WhatTheUserNeeds } from './what-the-user-needs.tsx';

export function NewSourcePage() {
  const [, navigate] = useLocation();
  const { data: others = [] } = useQuery(api.sources.list.queryOptions());
  const taken = others.map(({ name }) => name);
  const fields = useFields(emptyForm, (form) => problemsOf(form, taken));
  const signal = useSignalOfPage();

  const save = useMutation({
    mutationFn: (acceptHostKey: string | undefined) =>
      client.sources.save(
        { ...sourceOf(fields.values), ...(acceptHostKey === undefined ? {} : { acceptHostKey }) },
        { signal: signal() },
      ),
    onSuccess: async ({ name }) => {
      await refresh();
      navigate(`/sources/named/${encodeURIComponent(name)}`);
      flash(`Connected. The source “${name}” was saved.`);
    },
    onError: (error) => {
      const { code, message, fix } = failureOf(error);
      const field = fieldOf(code, fields.values);
      if (field !== undefined) fields.refuse({ [field]: `${message}. ${fix}` });
    },
  });
  const atField = save.error !== null && fieldOf(failureOf(save.error).code, fields.values) !== undefined;
  return (
    <Page help="sourceForm" title="New source" focusTitle={false}>
      <Grid gridDefinition={[{ colspan: { default: 12, s: 7 } }, { colspan: { default: 12, s: 5 } }]}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!save.isPending && fields.check()) save.mutate(undefined);
          }}
        >
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">Database</Header>}>
              <SourceFields fields={fields} />
            </Container>
            {!atField && !isUnknownHost(save.error) && (
              <FailureAlert error={save.error} header="The source was not saved" />
            )}
            <Box float="right">
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" formAction="none" href="#/sources">
                  Cancel
                </Button>
                <Button
                  variant="primary"
                  formAction="submit"
                  loading={save.isPending}
                  loadingText="Connecting"
                >
                  Connect and save
                </Button>
              </SpaceBetween>
            </Box>
          </SpaceBetween>
        </form>
        <WhatTheUserNeeds form={fields.values} />
      </Grid>
      {isUnknownHost(save.error) && (
        <AcceptHostKey error={save.error} onAccept={save.mutate} onClose={save.reset} />
      )}
    </Page>
  );
}

/** Aborted when the page goes: nobody waits for a connection then. */
function useSignalOfPage(): () => AbortSignal {
  const [state] = useState(() => ({ abort: new AbortController() }));
  useEffect(() => {
    state.abort = new AbortController();
    return () => state.abort.abort();
  }, [state]);
  return () => state.abort.signal;
}
