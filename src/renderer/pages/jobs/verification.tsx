import Alert from '@cloudscape-design/components/alert';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { fixOf } from '../../../shared/errors.ts';
import type { Verification } from '../../../shared/model.ts';
import { client } from '../../app/api.ts';
import { screenFix } from '../../app/failure.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { formatCount, formatMany } from '../../components/format.ts';

export interface Verifying {
  readonly busy: boolean;
  readonly result: Verification | undefined;
  readonly error: unknown;
  readonly start: () => void;
  readonly stop: () => void;
}

/** Reads every file of the job back and compares it with the receipt. It ends with the page. */
export function useVerification(jobId: string): Verifying {
  const running = useRef<AbortController>(undefined);
  const verify = useMutation({
    mutationFn: async () => {
      running.current = new AbortController();
      const { signal } = running.current;
      for await (const event of await client.jobs.verify({ jobId }, { signal })) {
        if (event.event === 'end') return event.verification;
      }
      throw new Error('The check ended without a result');
    },
  });
  useEffect(() => () => running.current?.abort(), []);
  const stopped = running.current?.signal.aborted === true;
  return {
    busy: verify.isPending,
    result: verify.data,
    error: stopped ? null : verify.error,
    start: () => verify.mutate(),
    stop: () => running.current?.abort(),
  };
}

export function VerificationAlert({ verification }: { readonly verification: Verifying }) {
  const { busy, result, error } = verification;
  if (busy) return <StatusIndicator type="loading">Reading every file back and comparing it</StatusIndicator>;
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
