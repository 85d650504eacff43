import Container from '@cloudscape-design/components/container';
import Grid from '@cloudscape-design/components/grid';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import type { Destination } from '../../../shared/model.ts';
import { api } from '../../app/api.ts';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useFields } from '../../components/use-fields.ts';
import { AccessFields } from './access-fields.tsx';
import { AdvancedFields } from './advanced-fields.tsx';
import { AwsPanel } from './aws-panel.tsx';
import { BucketFields } from './bucket-fields.tsx';
import { emptyForm, formOf, problemsOf } from './destination-form.ts';
import { SaveBar } from './save-bar.tsx';
import { useSave } from './use-save.ts';
import { HelpLink } from '../../help/help-link.tsx';

interface DestinationFormPageProps {
  /** The saved destination to be changed; absent for a new one. */
  readonly changed?: Destination;
}

/** All fields of a destination on one page. */
export function DestinationFormPage({ changed }: DestinationFormPageProps) {
  const [, navigate] = useLocation();
  const { data: all = [] } = useQuery(api.destinations.list.queryOptions());
  const taken = all.map(({ name }) => name).filter((name) => name !== changed?.name);
  const keptKey = changed?.access.type === 'keys' ? changed.access.accessKeyId : undefined;
  const fields = useFields(changed === undefined ? emptyForm : formOf(changed), (form) =>
    problemsOf(form, taken, keptKey),
  );
  const { run, save, stop } = useSave(fields);
  const submit = async (draft: boolean, from?: string) => {
    const options = { draft, replaces: changed?.name, ...(from === undefined ? {} : { from }) };
    if (fields.check() && (await save(options))) navigate('/destinations');
  };
  return (
    <Page
      help="destinationForm"
      title={changed === undefined ? 'New destination' : `Change ${changed.name}`}
      description={changed === undefined ? <ToTheGuide /> : undefined}
      focusTitle={false}
    >
      <Grid gridDefinition={[{ colspan: { default: 12, s: 7 } }, { colspan: { default: 12, s: 5 } }]}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (run.state !== 'running') void submit(false);
          }}
        >
          <SpaceBetween size="l">
            <Container
              header={
                <Header variant="h2" info={<HelpLink topic="keys" of="Access" />}>
                  Access
                </Header>
              }
            >
              <SpaceBetween size="l">
                <TextField
                  label="Name"
                  description="What this destination is called in Sluice."
                  constraint="Unique, at most 255 characters."
                  autoFocus
                  {...fields.text('name')}
                />
                <AccessFields fields={fields} keptKey={keptKey} />
              </SpaceBetween>
            </Container>
            <Container header={<Header variant="h2">Bucket</Header>}>
              <BucketFields fields={fields} />
            </Container>
            <AdvancedFields fields={fields} />
            <SaveBar
              access={fields.values.accessType}
              run={run}
              onDraft={() => void submit(true)}
              onStop={stop}
              onRetry={(check) => void submit(false, check)}
            />
          </SpaceBetween>
        </form>
        <AwsPanel fields={fields} />
      </Grid>
    </Page>
  );
}

const ToTheGuide = () => (
  <>
    All fields on one page, for those who have everything already.{' '}
    <Link href="#/destinations/new">Go step by step instead</Link>
  </>
);
