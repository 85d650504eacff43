import Alert from '@cloudscape-design/components/alert';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { fixOf } from '../../../shared/errors.ts';
import type { Verification, VerifyEvent } from '../../../shared/model.ts';
import { client } from '../../app/api.ts';
import { screenFix } from '../../app/failure.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { formatCount, formatMany, formatSize } from '../../components/format.ts';

type Progress = Extract<VerifyEvent, { event: 'progress' }>;

export interface Verifying {
  readonly busy: boolean;
  /** Absent before the first word of a check. */
  readonly progress: Progress | undefined;
  readonly result: Verification | undefined;
  readonly error: unknown;
  readonly start: () => void;
  readonly stop: () => void;
}

/** Reads every file of the job back and compares it with the receipt. It ends with the page. */
export function useVerification(jobId: string): Verifying {
  const running = useRef<AbortController>(undefined);
  const [progress, setProgress] = useState<Progress>();
  const verify = useMutation({
    mutationFn: async () => {
      running.current = new AbortController();
      const { signal } = running.current;
      setProgress(undefined);
      for await (const event of await client.jobs.verify({ jobId }, { signal })) {
        if (event.event === 'end') return event.verification;
        setProgress(event);
      }
      throw new Error('The check ended without a result');
    },
  });
  useEffect(() => () => running.current?.abort(), []);
  const stopped = running.current?.signal.aborted === true;
  return {
    busy: verify.isPending,
    progress,
    result: verify.data,
    error: stopped ? null : verify.error,
    start: () => verify.mutate(),
    stop: () => running.current?.abort(),
  };
}

export function VerificationAlert({ verification }: { readonly verification: Verifying }) {
  const { busy, progress, result, error } = verification;
  if (busy) return <Checking progress={progress} />;
  if (result === undefined) return <FailureAlert error={error} header="The files could not be checked" />;
  const failed = result.files.filter(({ verdict }) => verdict === 'failed').length;
  if (failed === 0) {
    return (
      <Alert type="success" header="Every file is as the receipt says">
        {formatMany(result.files.length, 'file')} read back: rows, size and checksum agree.
      </Alert>
    );
  }
  return (
    <Alert
      type="error"
      header={`${formatCount(failed)} of ${formatMany(result.files.length, 'file')} ${failed === 1 ? 'is' : 'are'} not as the receipt says`}
    >
      The list of files below says what is wrong. {screenFix('VERIFY_FAILED', fixOf('VERIFY_FAILED'))}
    </Alert>
  );
}

function Checking({ progress }: { readonly progress: Progress | undefined }) {
  const { done = 0, files = 0, bytesRead = 0, bytes = 0 } = progress ?? {};
  return (
    <ProgressBar
      label="Reading every file back and comparing it"
      value={bytes === 0 ? 0 : Math.floor((100 * bytesRead) / bytes)}
      description={
        progress === undefined
          ? 'Looking for the files'
          : `${formatCount(done)} of ${formatMany(files, 'file')} checked; ${formatSize(bytesRead)} of ${formatSize(bytes)} read`
      }
    />
  );
}
