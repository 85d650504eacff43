import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { regionTitle } from '../../../../shared/regions.ts';
import { PathText } from '../../../components/path-text.tsx';
import { TextField } from '../../../components/text-field.tsx';
import type { FieldsProps } from '../access-fields.tsx';
import { BucketRegionNote } from '../bucket-region.tsx';
import { CheckList } from '../check-list.tsx';
import type { DestinationForm } from '../destination-form.ts';
import type { TestRun } from '../test-run.ts';
import { HelpLink } from '../../../help/help-link.tsx';

interface StepTestProps extends FieldsProps {
  readonly run: TestRun;
  readonly onStop: () => void;
  readonly onRetry: (check: string) => void;
  /** True where the secret has to be entered again before another test. */
  readonly secretMissing: boolean;
  readonly onEnterSecret: () => void;
}

/** A name, one look at everything, and the test. */
export function StepTest({ fields, run, onStop, onRetry, secretMissing, onEnterSecret }: StepTestProps) {
  const wrongRegion = run.checks.some(({ code }) => code === 'BUCKET_WRONG_REGION');
  return (
    <SpaceBetween size="l">
      <Container>
        <SpaceBetween size="l">
          <TextField
            label="Name"
            description="What this destination is called in Sluice."
            constraint="Unique, at most 255 characters."
            {...fields.text('name')}
          />
          <Summary form={fields.values} />
        </SpaceBetween>
      </Container>
      <Container
        header={
          <Header variant="h2" info={<HelpLink topic="test" of="Connection test" />}>
            {run.state === 'failed' ? 'Not saved' : 'Connection test'}
          </Header>
        }
      >
        <SpaceBetween size="m">
          <CheckList
            run={run}
            access={fields.values.accessType}
            onStop={onStop}
            onRetry={secretMissing ? undefined : onRetry}
          />
          {wrongRegion && run.state === 'failed' && <BucketRegionNote fields={fields} />}
          {secretMissing && run.state === 'failed' && (
            <Alert type="info" action={<Button onClick={onEnterSecret}>Enter it again</Button>}>
              The page does not keep the secret access key after a test.
            </Alert>
          )}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
}

function Summary({ form }: { readonly form: DestinationForm }) {
  const { bucket, pathPrefix, region, accessType, roleArn, accessKeyId } = form;
  const folder = pathPrefix.trim().replace(/^\/+|\/+$/g, '');
  return (
    <KeyValuePairs
      columns={2}
      items={[
        { label: 'Files go to', value: <PathText path={`s3://${bucket.trim()}/${folder}`} /> },
        { label: 'Region', value: regionTitle(region.trim()) },
        accessType === 'role'
          ? { label: 'Access through the role', value: <PathText path={roleArn.trim()} /> }
          : { label: 'Access with the key', value: <PathText path={accessKeyId.trim()} /> },
        { label: 'File format', value: 'CSV, compressed with gzip' },
      ]}
    />
  );
}
