import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../../app/api.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { FailureAlert } from '../../../components/failure-alert.tsx';
import { Page } from '../../../components/page.tsx';
import { Uploads } from './uploads.tsx';

/** Unfinished uploads of one destination, chosen here. */
export function UploadsPage() {
  const destinations = useQuery(api.destinations.list.queryOptions());
  const [chosen, setChosen] = useState<string>();
  const names = destinations.data?.map(({ name }) => name) ?? [];
  const name = chosen ?? names[0];
  const options = names.map((value) => ({ value, label: value }));
  return (
    <Page
      help="uploads"
      title="Unfinished uploads"
      description="What a load that failed could not take back: invisible to whoever reads the bucket, and paid for until it is removed."
    >
      <FailureAlert error={destinations.error} header="The destinations cannot be read" />
      {destinations.data?.length === 0 && (
        <EmptyState title="No destination">Only a load to a destination leaves uploads.</EmptyState>
      )}
      {name !== undefined && (
        <>
          <FormField label="Destination">
            <Select
              options={options}
              selectedOption={options.find(({ value }) => value === name) ?? null}
              onChange={({ detail }) => setChosen(detail.selectedOption.value)}
            />
          </FormField>
          <Uploads key={name} destination={name} />
        </>
      )}
    </Page>
  );
}
