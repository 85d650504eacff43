import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
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
  const enter = useMutation({
    mutationFn: (typed: string) => client.sources.enterPassword({ name, password: typed }),
    onSuccess: async () => {
      onClose();
      flash(`The password of “${name}” works and was saved.`);
      await refresh();
    },
  });
  const send = () => {
    if (password === '' || enter.isPending) return;
    enter.mutate(password);
    // It goes inward once; the page keeps no copy.
    setPassword('');
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
              loading={enter.isPending}
              loadingText="Connecting"
              onClick={send}
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
          send();
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
          <FailureAlert error={enter.error} header="The password was not saved" />
        </SpaceBetween>
      </form>
    </Modal>
  );
}
