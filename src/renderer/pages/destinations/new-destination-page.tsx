import Container from '@cloudscape-design/components/container';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { api, client, refresh } from '../../app/api.ts';
import { flash } from '../../app/flash.ts';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useFields } from '../../components/use-fields.ts';
import { AccessFields } from './access-fields.tsx';
import { AdvancedFields } from './advanced-fields.tsx';
import { AwsPanel } from './aws-panel.tsx';
import { BucketFields } from './bucket-fields.tsx';
import { emptyForm, problemsOf, settingsOf } from './destination-form.ts';
import { refusedFields } from './refused-fields.ts';
import { SaveBar } from './save-bar.tsx';
import { useTestRun } from './use-test-run.ts';

export function NewDestinationPage() {
  const [, navigate] = useLocation();
  const { data: others = [] } = useQuery(api.destinations.list.queryOptions());
  const { run, start, reset } = useTestRun();
  const taken = others.map(({ name }) => name);
  const fields = useFields(emptyForm, (form) => problemsOf(form, taken));

  const save = async (draft: boolean) => {
    if (!fields.check()) return;
    const settings = settingsOf(fields.values);
    const secret = settings.access.type === 'keys' ? { secretAccessKey: fields.values.secretAccessKey } : {};
    // It goes inward once; the page keeps no copy.
    fields.clear('secretAccessKey');
    const ended = await start((signal) =>
      client.destinations.save({ settings, draft, ...secret }, { signal }),
    );
    if (!ended.saved) {
      fields.refuse(refusedFields(ended, settings));
      return;
    }
    await refresh();
    navigate('/destinations');
    flash(
      draft
        ? `The destination “${settings.name}” was saved as a draft. Test it before you load.`
        : `Everything works. The destination “${settings.name}” was saved.`,
    );
  };
  return (
    <Page title="New destination" focusTitle={false}>
      <Grid gridDefinition={[{ colspan: { default: 12, s: 7 } }, { colspan: { default: 12, s: 5 } }]}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (run.state !== 'running') void save(false);
          }}
        >
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">Access</Header>}>
              <SpaceBetween size="l">
                <TextField
                  label="Name"
                  description="What this destination is called in Sluice."
                  constraint="Unique, at most 255 characters."
                  autoFocus
                  {...fields.text('name')}
                />
                <AccessFields fields={fields} />
              </SpaceBetween>
            </Container>
            <Container header={<Header variant="h2">Bucket</Header>}>
              <BucketFields fields={fields} />
            </Container>
            <AdvancedFields fields={fields} />
            <SaveBar run={run} onDraft={() => void save(true)} onStop={reset} />
          </SpaceBetween>
        </form>
        <AwsPanel form={fields.values} />
      </Grid>
    </Page>
  );
}
