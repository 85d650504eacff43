import type { Destination } from '../../../shared/model.ts';
import { client } from '../../app/api.ts';
import { RemoveNamed } from '../../components/remove-named.tsx';

interface RemoveDestinationProps {
  readonly destination: Destination;
  readonly onClose: () => void;
}

export function RemoveDestination({ destination, onClose }: RemoveDestinationProps) {
  const { name, access } = destination;
  return (
    <RemoveNamed
      kind="destination"
      name={name}
      remove={() => client.destinations.remove({ name })}
      onClose={onClose}
    >
      Sluice forgets the settings of this destination
      {access.type === 'keys' && ' and takes its secret access key out of the keychain'}. The bucket and the
      files in it stay as they are.
    </RemoveNamed>
  );
}
