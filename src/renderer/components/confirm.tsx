import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { FailureAlert } from './failure-alert.tsx';

interface ConfirmProps {
  readonly title: string;
  /** The word of the button that does it, e.g. Remove. */
  readonly action: string;
  readonly busy: boolean;
  /** Why it did not work, when it was tried. */
  readonly error: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
  /** What exactly will happen. */
  readonly children: React.ReactNode;
}

/** Asks before something that cannot be taken back. Render it only while the question stands. */
export function Confirm({ title, action, busy, error, onConfirm, onClose, children }: ConfirmProps) {
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} onClick={onConfirm}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>{children}</div>
        <FailureAlert error={error} />
      </SpaceBetween>
    </Modal>
  );
}
