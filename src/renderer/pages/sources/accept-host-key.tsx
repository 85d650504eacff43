import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { failureOf } from '../../app/failure.ts';
import { Copyable } from '../../components/copyable.tsx';

interface AcceptHostKeyProps {
  /** A failure that may be HOST_KEY_UNKNOWN; nothing is shown for any other. */
  readonly error: unknown;
  /** Of the key as it was shown. */
  readonly onAccept: (fingerprint: string) => void;
  readonly onClose: () => void;
}

/** True for an SSH server that nobody has accepted yet; one with a changed key cannot be accepted. */
export const isUnknownHost = (error: unknown): boolean =>
  error !== null && error !== undefined && failureOf(error).code === 'HOST_KEY_UNKNOWN';

/** The fingerprint of an SSH server that is not known yet, to be compared and accepted. */
export function AcceptHostKey({ error, onAccept, onClose }: AcceptHostKeyProps) {
  const { details } = failureOf(error);
  const fingerprint = String(details.fingerprint);
  return (
    <Modal
      visible
      header="Is this your SSH server?"
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" onClick={() => onAccept(fingerprint)}>
              It is the same: accept it
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">
          This server is not known here, so somebody else could be answering in its place. Ask whoever runs it
          for the fingerprint of its host key, and compare it with this one.
        </Box>
        <KeyValuePairs
          columns={1}
          items={[
            { label: 'Server', value: String(details.sshHost) },
            { label: 'Kind of key', value: String(details.keyType) },
            { label: 'Fingerprint', value: <Copyable text={fingerprint} label="fingerprint" /> },
          ]}
        />
        <Alert type="info">
          Nothing was sent to the server yet. Once accepted, Sluice remembers this key and refuses any other.
        </Alert>
      </SpaceBetween>
    </Modal>
  );
}
