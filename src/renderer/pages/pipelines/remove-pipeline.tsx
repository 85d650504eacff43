import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { client, refresh } from '../../app/api.ts';
import { flash } from '../../app/flash.ts';
import { Confirm } from '../../components/confirm.tsx';

interface RemovePipelineProps {
  readonly name: string;
  readonly onClose: () => void;
}

export function RemovePipeline({ name, onClose }: RemovePipelineProps) {
  const [, navigate] = useLocation();
  const remove = useMutation({
    mutationFn: () => client.pipelines.remove({ name }),
    async onSuccess() {
      flash(`The pipeline "${name}" is removed.`);
      navigate('/pipelines');
      await refresh();
    },
  });
  return (
    <Confirm
      title="Remove this pipeline?"
      action="Remove"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      The pipeline "{name}" is taken off the list. Its source and destination, the files that it loaded, and
      its history stay as they are.
    </Confirm>
  );
}
