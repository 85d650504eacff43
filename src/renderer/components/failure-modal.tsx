import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { FailureAlert } from './failure-alert.tsx';

interface FailureModalProps {
  readonly title: string;
  readonly error: unknown;
  readonly onClose: () => void;
}

/** For a failure of a button in a list, where there is no room beside it. */
export function FailureModal({ title, error, onClose }: FailureModalProps) {
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </Box>
      }
    >
      <FailureAlert error={error} header="Why" />
    </Modal>
  );
}
