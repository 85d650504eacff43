import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, client } from '../../app/api.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { saveFile } from '../../components/save-file.ts';
import { NamedList } from './named-list.tsx';
import { contentWords } from './plan-words.ts';

/** Everything that is set up here, as a file. */
export function ExportPanel() {
  const { data, error } = useQuery(api.workspace.export.queryOptions());
  // Asked for again: what is saved is what is set up at that moment.
  const save = useMutation({
    mutationFn: () => client.workspace.export(),
    onSuccess: ({ fileName, text }) => saveFile(fileName, text),
  });
  const empty = data !== undefined && data.destinations + data.sources + data.pipelines === 0;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button
              iconName="download"
              disabled={data === undefined || empty}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              Save as a file
            </Button>
          }
        >
          Export
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FailureAlert error={error} header="The workspace could not be read" />
        <FailureAlert error={save.error} header="The workspace was not saved" />
        {data !== undefined && (
          <Box variant="p" padding="n">
            {empty
              ? 'Nothing is set up yet that could be exported.'
              : `The file holds ${contentWords(data)}, and the external ID of this installation.`}
          </Box>
        )}
        {data !== undefined && (
          <>
            <NamedList
              items={data.needSecrets}
              title="Without their secret: whoever imports the file enters it there"
            />
            <NamedList items={data.leftOut} title="Left out, since practice mode stays on this computer" />
          </>
        )}
      </SpaceBetween>
    </Container>
  );
}
