import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Tabs from '@cloudscape-design/components/tabs';
import TimeInput from '@cloudscape-design/components/time-input';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Scheduler,
  scheduleAdvice,
  schedulerWords,
  timeOfDaySchema,
  usualTime,
} from '../../../shared/schedule.ts';
import { api } from '../../app/api.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { FailureAlert } from '../../components/failure-alert.tsx';

interface SchedulePanelProps {
  readonly name: string;
  /** It loads into practice mode, which runs only while the app does. */
  readonly practice: boolean;
}

/** What to paste so that the system itself loads the pipeline every day. */
export function SchedulePanel({ name, practice }: SchedulePanelProps) {
  const [typed, setTyped] = useState(usualTime);
  const valid = timeOfDaySchema.safeParse(typed).success;
  const found = useQuery(
    api.pipelines.schedule.queryOptions({
      input: { name, at: typed },
      enabled: valid,
      placeholderData: keepPreviousData,
    }),
  );
  return (
    <ExpandableSection
      variant="container"
      headerText="Load it every day"
      headerDescription="A text for the scheduler of your system. Sluice does not set it up by itself."
    >
      <SpaceBetween size="m">
        <FormField
          label="Time"
          constraintText="HH:MM, by the clock of this computer."
          errorText={valid ? undefined : 'Write a time like 02:00.'}
        >
          <TimeInput
            format="hh:mm"
            placeholder="hh:mm"
            value={typed}
            onChange={({ detail }) => setTyped(detail.value)}
          />
        </FormField>
        <FailureAlert error={found.error} header="The texts could not be made" />
        {found.isPending && valid && <StatusIndicator type="loading">Loading</StatusIndicator>}
        {found.data !== undefined && (
          <Tabs
            ariaLabel="Schedulers"
            tabs={inOrder(found.data.schedules).map(({ scheduler, text }) => ({
              id: scheduler,
              label: schedulerWords[scheduler].name,
              content: (
                <SpaceBetween size="s">
                  <Box variant="p" padding="n">
                    {schedulerWords[scheduler].how}
                  </Box>
                  <CodeBlock text={text} label={`For ${schedulerWords[scheduler].name}`} />
                </SpaceBetween>
              ),
            }))}
          />
        )}
        <Box variant="small" color="text-body-secondary">
          {practice
            ? 'This is how it looks. Practice mode ends with the app, so a scheduler can load only pipelines of your own.'
            : scheduleAdvice}
        </Box>
      </SpaceBetween>
    </ExpandableSection>
  );
}

/** That of this system first. */
function inOrder<T extends { readonly scheduler: Scheduler }>(schedules: readonly T[]): readonly T[] {
  const own: Scheduler = /Windows/i.test(navigator.userAgent) ? 'task-scheduler' : 'cron';
  return schedules.toSorted((a, b) => Number(b.scheduler === own) - Number(a.scheduler === own));
}
