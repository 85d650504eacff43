import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { client, refresh } from '../../app/api.ts';
import { flash } from '../../app/flash.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { TextField } from '../../components/text-field.tsx';

interface EnterPasswordProps {
  /** The source. */
  readonly name: string;
  /** Whose password: the database's, or that of the SSH server in front of it. */
  readonly of: 'database' | 'tunnel';
  /** What it is called: `password`, `SSH passphrase`. */
  readonly what: string;
  readonly onClose: () => void;
}

/** The password of a source that came without one, or has another one now. Saved once the server has taken it. */
export function EnterPassword({ name, of, what, onClose }: EnterPasswordProps) {
  const title = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // No mutation of the query library: it would remember the password that it was given.
  const send = async () => {
    if (password === '' || busy) return;
    setBusy(true);
    setError(null);
    try {
      // It goes inward once; the page keeps no copy.
      setPassword('');
      await client.sources.enterPassword({ name, password, of });
    } catch (failure) {
      setError(failure);
      setBusy(false);
      return;
    }
    onClose();
    flash(`The ${what} of “${name}” works and was saved.`);
    await refresh();
  };
  return (
    <Modal
      visible
      header={`${title} of “${name}”`}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={password === ''}
              loading={busy}
              loadingText="Connecting"
              onClick={() => void send()}
            >
              Connect and save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <SpaceBetween size="m">
          <TextField
            label={title}
            secret
            autoFocus
            constraint="Goes into the keychain of this computer and is never shown again."
            value={password}
            onChange={setPassword}
          />
          <FailureAlert error={error} header={`The ${what} was not saved`} />
        </SpaceBetween>
      </form>
    </Modal>
  );
}
