import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type JobState, type JobSummary, jobStateSchema } from '../../../shared/model.ts';
import { stateWord } from '../../components/states.tsx';

/** '' stands for all of them. */
export interface Wanted {
  readonly pipeline: string;
  readonly state: JobState | '';
}

export const everything: Wanted = { pipeline: '', state: '' };

interface JobsFilterProps {
  readonly jobs: readonly JobSummary[];
  readonly wanted: Wanted;
  readonly onChange: (wanted: Wanted) => void;
}

export function JobsFilter({ jobs, wanted, onChange }: JobsFilterProps) {
  const names = [...new Set(jobs.map(({ pipeline }) => pipeline))].sort((one, other) =>
    one.localeCompare(other),
  );
  const pipelines = [
    { value: '', label: 'All pipelines' },
    ...names.map((name) => ({ value: name, label: name })),
  ];
  const states = [
    { value: '', label: 'All states' },
    ...jobStateSchema.options.map((state) => ({ value: state, label: stateWord(state) })),
  ];
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Select
        ariaLabel="Show loads of"
        options={pipelines}
        selectedOption={pipelines.find(({ value }) => value === wanted.pipeline) ?? null}
        filteringType={pipelines.length > 10 ? 'auto' : 'none'}
        filteringAriaLabel="Find a pipeline"
        expandToViewport
        onChange={({ detail }) => onChange({ ...wanted, pipeline: detail.selectedOption.value ?? '' })}
      />
      <Select
        ariaLabel="Show loads that are"
        options={states}
        selectedOption={states.find(({ value }) => value === wanted.state) ?? null}
        expandToViewport
        onChange={({ detail }) =>
          onChange({ ...wanted, state: jobStateSchema.safeParse(detail.selectedOption.value).data ?? '' })
        }
      />
    </SpaceBetween>
  );
}
