import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FileInput from '@cloudscape-design/components/file-input';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { asSentence, formatMany } from '../../components/format.ts';
import { ExternalIdChange } from './external-id-change.tsx';
import { Imported, NeededSecrets } from './imported.tsx';
import { PlanTable } from './plan-table.tsx';
import { isChange, noteWords, planSentence } from './plan-words.ts';
import { type Import, useImport } from './use-import.ts';

/** A file of somebody else: looked at first, decided, then imported as it was shown. */
export function ImportPanel() {
  const state = useImport();
  const { file, problem, plan, planning, planError, error, done } = state;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Before anything changes here, you see what the file would change, and decide where it meets something of yours."
        >
          Import
        </Header>
      }
    >
      <SpaceBetween size="l">
        {done === undefined ? (
          <FormField label="Workspace file" errorText={problem} stretch>
            <SpaceBetween direction="horizontal" size="s" alignItems="center">
              <FileInput
                accept=".sluice,.json,application/json"
                value={[]}
                onChange={({ detail }) => {
                  const [chosen] = detail.value;
                  if (chosen !== undefined) void state.open(chosen);
                }}
              >
                {file === undefined ? 'Choose the file' : 'Choose another file'}
              </FileInput>
              {file !== undefined && <Box>{file.name}</Box>}
            </SpaceBetween>
          </FormField>
        ) : (
          <Imported plan={done} onClose={state.close} />
        )}
        {plan === undefined && planning && file !== undefined && (
          <StatusIndicator type="loading">Looking at the file</StatusIndicator>
        )}
        {done === undefined && (
          <>
            <FailureAlert
              error={planError}
              header={plan === undefined ? 'This file cannot be imported' : 'This choice does not work'}
            />
            <FailureAlert error={error} header="Nothing was imported" />
          </>
        )}
        {done === undefined && plan !== undefined && <Decide state={state} plan={plan} />}
      </SpaceBetween>
    </Container>
  );
}

interface DecideProps {
  readonly state: Import;
  readonly plan: NonNullable<Import['plan']>;
}

/** What would change, and the button that changes it. */
function Decide({ state, plan }: DecideProps) {
  const changes = plan.items.filter(isChange).length;
  const nothing = changes === 0 && plan.externalId.action !== 'take';
  return (
    <SpaceBetween size="l">
      <div aria-live="polite">
        <Box variant="h3" padding={{ bottom: 'xxs' }}>
          What the import changes
        </Box>
        <Box variant="p" padding="n">
          {planSentence(plan.items)} Nothing has changed yet.
        </Box>
      </div>
      <ExternalIdChange change={plan.externalId} />
      {plan.problems.map(({ message, fix }) => (
        <Alert key={message} type="error" header="This is in the way">
          {asSentence(message)} {fix}
        </Alert>
      ))}
      {plan.items.length > 0 && <PlanTable plan={plan} choices={state.choices} onChoose={state.choose} />}
      <NeededSecrets plan={plan} title="To be entered after the import" />
      {plan.notes.length > 0 && (
        <ul className="points">
          {plan.notes.map((note) => (
            <li key={note}>{noteWords(note)}</li>
          ))}
        </ul>
      )}
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Button
          variant="primary"
          disabled={!plan.ready || nothing || state.planning || state.planError !== null}
          loading={state.busy}
          loadingText="Importing"
          onClick={state.act}
        >
          {nothing ? 'Nothing to import' : `Import ${formatMany(changes, 'item')}`}
        </Button>
        <Button variant="link" disabled={state.busy} onClick={state.close}>
          Cancel
        </Button>
      </SpaceBetween>
    </SpaceBetween>
  );
}
