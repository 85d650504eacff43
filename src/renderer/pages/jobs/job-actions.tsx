import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Receipt } from '../../../shared/model.ts';
import { api, client, refresh } from '../../app/api.ts';
import { FailureModal } from '../../components/failure-modal.tsx';
import { LoadButton } from '../../components/load-button.tsx';
import { appendedBefore, LoadAnyway } from './load-anyway.tsx';
import { dataOf } from './remove-data.tsx';
import { saveReceipt, saveReceiptTable } from './save-receipt.ts';

interface JobActionsProps {
  readonly receipt: Receipt;
  /** It runs in another process, which alone can cancel it. */
  readonly elsewhere: boolean;
  readonly checking: boolean;
  readonly onCheck: () => void;
  readonly onStopChecking: () => void;
  readonly removing: boolean;
  readonly onRemove: () => void;
}

/** What can be done with the job now. */
export function JobActions(props: JobActionsProps) {
  const { receipt, elsewhere } = props;
  if (receipt.state === 'interrupted') return null;
  if (receipt.state !== 'running') return <EndedActions {...props} />;
  return elsewhere ? null : <CancelButton jobId={receipt.jobId} />;
}

function CancelButton({ jobId }: { readonly jobId: string }) {
  const cancel = useMutation({ mutationFn: () => client.jobs.cancel({ jobId }), onError: refresh });
  const asked = cancel.isPending || cancel.isSuccess;
  return (
    <>
      <Button disabled={asked} onClick={() => cancel.mutate()}>
        {asked ? 'Cancelling…' : 'Cancel'}
      </Button>
      {cancel.isError && (
        <FailureModal title="The load was not cancelled" error={cancel.error} onClose={cancel.reset} />
      )}
    </>
  );
}

function ReceiptButton({ receipt }: { readonly receipt: Receipt }) {
  const table = useMutation({ mutationFn: () => saveReceiptTable(receipt.jobId) });
  return (
    <>
      <ButtonDropdown
        ariaLabel="Other forms of the receipt"
        mainAction={{ text: 'Download receipt', iconName: 'download', onClick: () => saveReceipt(receipt) }}
        items={[{ id: 'csv', text: 'As CSV for spreadsheets' }]}
        onItemClick={() => table.mutate()}
      />
      {table.isError && (
        <FailureModal title="The receipt was not downloaded" error={table.error} onClose={table.reset} />
      )}
    </>
  );
}

function EndedActions({ receipt, checking, onCheck, onStopChecking, removing, onRemove }: JobActionsProps) {
  const { data: pipelines = [] } = useQuery(api.pipelines.list.queryOptions());
  const again = pipelines.some(({ name }) => name === receipt.pipeline);
  const hasData = dataOf(receipt).keys.length > 0;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <ReceiptButton receipt={receipt} />
      {hasData && (
        <Button disabled={removing} onClick={onRemove}>
          Remove its data
        </Button>
      )}
      {hasData &&
        (checking ? (
          <Button onClick={onStopChecking}>Stop checking</Button>
        ) : (
          <Button onClick={onCheck}>Read back and check</Button>
        ))}
      {again && appendedBefore(receipt).length > 0 && <LoadAnyway receipt={receipt} />}
      {again && <LoadButton pipeline={receipt.pipeline} label="Load again" />}
    </SpaceBetween>
  );
}
