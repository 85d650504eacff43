import Box from '@cloudscape-design/components/box';
import { defaultNames } from '../../../../shared/documents/setup-pieces.ts';
import {
  type StepGroupId,
  type WrittenStep,
  writtenSteps,
} from '../../../../shared/documents/written-steps.ts';
import { partitionOf } from '../../../../shared/regions.ts';
import type { DestinationForm } from '../destination-form.ts';

interface WrittenStepsProps {
  readonly form: DestinationForm;
  /** Which part of the setup. */
  readonly part: StepGroupId;
  /** Where no heading of the second level stands above it. */
  readonly topLevel?: boolean;
}

/** What to do in the AWS console, as a numbered list. The documents stand beside it. */
export function WrittenSteps({ form, part, topLevel = false }: WrittenStepsProps) {
  const group = groupsOf(form).find(({ id }) => id === part);
  if (group === undefined) return null;
  return (
    <div>
      <Box variant="h3" tagOverride={topLevel ? 'h2' : 'h3'} padding={{ bottom: 'xxs' }}>
        {group.title}, in the AWS console
      </Box>
      <ol className="points">
        {group.steps.map((step) => (
          <li key={step.text}>{textOf(step)}</li>
        ))}
      </ol>
    </div>
  );
}

function groupsOf({ accessType, bucket, region, roleArn }: DestinationForm) {
  const names = defaultNames(bucket.trim());
  const partition = partitionOf(accessType === 'role' ? roleArn.trim() : undefined, region.trim());
  return writtenSteps(
    {
      policy: { name: names.policy },
      ...(accessType === 'role' ? { role: { name: names.role } } : { user: { name: names.user } }),
    },
    { bucket: bucket.trim(), region: region.trim(), partition },
  );
}

const textOf = ({ text, paste }: WrittenStep): string =>
  paste === undefined ? text : `${text} The ${paste.what}: ${paste.text}`;
