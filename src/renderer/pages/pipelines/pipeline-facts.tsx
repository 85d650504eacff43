import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import { type Destination, displayName, type Pipeline } from '../../../shared/model.ts';
import { formatCount, formatMany } from '../../components/format.ts';
import { PathText } from '../../components/path-text.tsx';

/** More names than that are counted. */
const named = 8;

interface PipelineFactsProps {
  readonly pipeline: Pipeline;
  /** Absent while it is not read yet. */
  readonly destination: Destination | undefined;
}

export function PipelineFacts({ pipeline, destination }: PipelineFactsProps) {
  const { source, objects, partitionKey, timeZone } = pipeline;
  const names = objects.slice(0, named).map(displayName).join(', ');
  const more = objects.length > named ? ` and ${formatCount(objects.length - named)} more` : '';
  return (
    <Container header={<Header variant="h2">What it loads</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: 'Source',
            value: <Link href={`#/sources/named/${encodeURIComponent(source)}`}>{source}</Link>,
          },
          { label: 'Destination', value: <Link href="#/destinations">{pipeline.destination}</Link> },
          {
            label: 'Bucket',
            value: destination === undefined ? '-' : <PathText path={whereOf(destination)} />,
          },
          { label: 'Partition key', value: <PathText path={partitionKey} /> },
          { label: 'Time zone of the path', value: timeZone },
          { label: 'Manifest', value: pipeline.manifest === true ? 'Written last by each load' : 'None' },
          {
            label: formatMany(objects.length, 'object'),
            value: (
              <Box>
                <span className="path-text">
                  {names}
                  {more}
                </span>
              </Box>
            ),
          },
        ]}
      />
    </Container>
  );
}

const whereOf = ({ bucket, pathPrefix }: Destination): string =>
  pathPrefix === '' ? bucket : `${bucket}/${pathPrefix}/`;
