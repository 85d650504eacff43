import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { TextField } from '../../components/text-field.tsx';
import type { FieldsProps } from './access-fields.tsx';

/** For S3-compatible services and for buckets with dots. */
export function AdvancedFields({ fields }: FieldsProps) {
  const { values, set, problem } = fields;
  const wrong = problem('endpoint') !== undefined || problem('stsEndpoint') !== undefined;
  return (
    <ExpandableSection
      headerText="Advanced settings"
      variant="container"
      headerDescription="Only for other services that speak S3, and for buckets with a dot in their name"
      defaultExpanded={wrong}
    >
      <SpaceBetween size="l">
        <TextField
          label="S3 endpoint"
          optional
          description="Leave it empty for Amazon S3."
          placeholder="https://s3.example.com"
          {...fields.text('endpoint')}
        />
        <TextField
          label="STS endpoint"
          optional
          description="Where the service hands out roles. Leave it empty for AWS."
          placeholder="https://sts.example.com"
          {...fields.text('stsEndpoint')}
        />
        <Checkbox
          checked={values.pathStyle}
          onChange={({ detail }) => set('pathStyle', detail.checked)}
          description="The bucket stands in the path (host/bucket/key) and not in the host name (bucket.host/key)."
        >
          Path-style addresses
        </Checkbox>
      </SpaceBetween>
    </ExpandableSection>
  );
}
