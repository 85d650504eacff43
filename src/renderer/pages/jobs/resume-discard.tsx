import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { client, refresh } from '../../app/api.ts';
import { Confirm } from '../../components/confirm.tsx';
import { FailureModal } from '../../components/failure-modal.tsx';

interface InterruptedJobProps {
  readonly jobId: string;
  /** For those who hear several of these buttons on one page. */
  readonly label?: string;
  readonly variant?: ButtonProps.Variant;
}

/** Goes on with an interrupted job. */
export function ResumeButton({ jobId, label, variant = 'primary' }: InterruptedJobProps) {
  const resume = useMutation({ mutationFn: () => client.jobs.resume({ jobId }), onSettled: refresh });
  return (
    <>
      <Button
        variant={variant}
        loading={resume.isPending}
        {...(label === undefined ? {} : { ariaLabel: `Resume: ${label}` })}
        onClick={() => resume.mutate()}
      >
        Resume
      </Button>
      {resume.isError && (
        <FailureModal title="The load could not be resumed" error={resume.error} onClose={resume.reset} />
      )}
    </>
  );
}

/** Cleans up after an interrupted job, after one question. */
export function DiscardButton({ jobId, label, variant = 'normal' }: InterruptedJobProps) {
  const [asking, setAsking] = useState(false);
  const discard = useMutation({
    mutationFn: () => client.jobs.discard({ jobId }),
    onSettled: refresh,
    onSuccess: () => setAsking(false),
  });
  return (
    <>
      <Button
        variant={variant}
        {...(label === undefined ? {} : { ariaLabel: `Discard: ${label}` })}
        onClick={() => setAsking(true)}
      >
        Discard
      </Button>
      {asking && (
        <Confirm
          title="Discard this load?"
          action="Discard"
          busy={discard.isPending}
          error={discard.error}
          onConfirm={() => discard.mutate()}
          onClose={() => setAsking(false)}
        >
          What its unfinished objects left in the bucket is removed. The load can then not be resumed any
          more; completed objects and the receipt stay.
        </Confirm>
      )}
    </>
  );
}
