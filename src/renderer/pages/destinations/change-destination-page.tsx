import Spinner from '@cloudscape-design/components/spinner';
import { useQuery } from '@tanstack/react-query';
import { Redirect } from 'wouter';
import { api } from '../../app/api.ts';
import { isPracticeDestination } from '../../app/practice.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { Page } from '../../components/page.tsx';
import { DestinationFormPage } from './destination-form-page.tsx';

/** A saved destination in the form. It stays as it was until the test of the changed one has passed. */
export function ChangeDestinationPage({ name }: { readonly name: string }) {
  const { data, error } = useQuery(api.destinations.list.queryOptions());
  if (data === undefined) {
    return (
      <Page help="destinationForm" title={`Change ${name}`}>
        {error === null ? (
          <Spinner size="large" />
        ) : (
          <FailureAlert error={error} header="The destination could not be read" />
        )}
      </Page>
    );
  }
  const destination = data.find((other) => other.name === name);
  // Removed or renamed meanwhile, or practice mode looks after it.
  if (destination === undefined || isPracticeDestination(destination)) return <Redirect to="/destinations" />;
  return <DestinationFormPage key={name} changed={destination} />;
}
