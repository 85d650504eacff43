import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../app/api.ts';

/** Offers the setup that was begun and not finished; nothing where there is none. */
export function GoOnWithSetup() {
  const { data } = useQuery(api.setup.read.queryOptions());
  if (data === undefined || data === null) return null;
  const what = data.name.trim() === '' ? data.bucket.trim() : data.name.trim();
  return (
    <Alert
      type="info"
      header="A setup is not finished"
      action={<Button href="#/destinations/new">Go on with the setup</Button>}
    >
      {what === '' ? 'You have begun to set up a destination.' : `You have begun to set up “${what}”.`}
    </Alert>
  );
}
