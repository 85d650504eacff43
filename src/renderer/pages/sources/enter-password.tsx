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
  readonly onClose: () => void;
}

/** The password of a source that came without one, or has another one now. Saved once the server has taken it. */
export function EnterPassword({ name, onClose }: EnterPasswordProps) {
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
      await client.sources.enterPassword({ name, password });
    } catch (failure) {
      setError(failure);
      setBusy(false);
      return;
    }
    onClose();
    flash(`The password of “${name}” works and was saved.`);
    await refresh();
  };
  return (
    <Modal
      visible
      header={`Password of “${name}”`}
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
            label="Password"
            secret
            autoFocus
            constraint="Goes into the keychain of this computer and is never shown again."
            value={password}
            onChange={setPassword}
          />
          <FailureAlert error={error} header="The password was not saved" />
        </SpaceBetween>
      </form>
    </Modal>
  );
}
