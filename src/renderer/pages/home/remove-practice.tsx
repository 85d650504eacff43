import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { client, refresh } from '../../app/api.ts';
import { flash } from '../../app/flash.ts';
import type { Practice } from '../../app/practice.ts';
import { Confirm } from '../../components/confirm.tsx';

interface RemovePracticeProps {
  readonly practice: Practice;
  readonly onClose: () => void;
}

/** Says exactly what goes, then takes it away. */
export function RemovePractice({ practice, onClose }: RemovePracticeProps) {
  const [, navigate] = useLocation();
  const remove = useMutation({
    mutationFn: () => client.practice.remove(),
    onSuccess: async () => {
      onClose();
      navigate('/');
      flash('Practice mode was removed');
      await refresh();
    },
  });
  return (
    <Confirm
      title="Remove practice mode?"
      action="Remove practice mode"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      This removes from this computer:
      <ul>
        {practice.pipelines.map((name) => (
          <li key={name}>the pipeline “{name}”</li>
        ))}
        {practice.sources.map((name) => (
          <li key={name}>the source “{name}” and its sample database</li>
        ))}
        {practice.destinations.map((name) => (
          <li key={name}>the destination “{name}” and every file that was loaded into it</li>
        ))}
      </ul>
      The history of your loads stays. Nothing in AWS is touched, and you can practise again at any time.
    </Confirm>
  );
}
