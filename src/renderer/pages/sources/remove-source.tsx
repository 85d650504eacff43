import { passwordIsStored, type Source, tunnelSecretIsStored } from '../../../shared/model.ts';
import { client } from '../../app/api.ts';
import { RemoveNamed } from '../../components/remove-named.tsx';

interface RemoveSourceProps {
  readonly source: Source;
  readonly onDone?: () => void;
  readonly onClose: () => void;
}

export function RemoveSource({ source, onDone, onClose }: RemoveSourceProps) {
  const { name } = source;
  const stored = passwordIsStored(source) || tunnelSecretIsStored(source);
  return (
    <RemoveNamed
      kind="source"
      name={name}
      remove={() => client.sources.remove({ name })}
      onClose={onClose}
      {...(onDone === undefined ? {} : { onDone })}
    >
      Sluice forgets how to reach this source{stored && ' and takes its secrets out of the keychain'}. The
      database itself stays as it is.
    </RemoveNamed>
  );
}
