import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { CodeBlock } from '../../components/code-block.tsx';
import { grantsFor } from './grants.ts';
import type { SourceForm } from './source-form.ts';

/** What has to be so on the other side. */
export function WhatTheUserNeeds({ form }: { readonly form: SourceForm }) {
  return (
    <Container header={<Header variant="h2">What Sluice needs</Header>}>
      {form.kind === 'files' ? (
        <SpaceBetween size="s">
          <Box variant="p" padding="n">
            The right to read the files. Nothing is ever written to them, and every value arrives as it stands
            there: 00123 stays 00123.
          </Box>
          <Box variant="p" padding="n">
            A file that another program changes while it is read fails its object, and nothing of it is
            loaded.
          </Box>
        </SpaceBetween>
      ) : form.kind === 'sqlite' ? (
        <Box variant="p" padding="n">
          The right to read the file. Everything that a load reads comes from one moment, also while another
          program writes to the file. Nothing is ever written to it.
        </Box>
      ) : (
        <SpaceBetween size="s">
          <Box variant="p" padding="n">
            A user that may read the tables, and no more. Everything that a load reads comes from one moment,
            and nothing is ever written to the database.
          </Box>
          <Box variant="p" padding="n">
            {form.kind === 'mysql'
              ? 'For all tables of the database, an administrator would run:'
              : 'For the tables of the schema “public”, an administrator would run:'}
          </Box>
          <CodeBlock text={grantsFor(form)} label="Rights to grant" />
        </SpaceBetween>
      )}
    </Container>
  );
}
