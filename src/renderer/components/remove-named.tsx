import Alert from '@cloudscape-design/components/alert';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { refresh } from '../app/api.ts';
import { failureOf } from '../app/failure.ts';
import { flash } from '../app/flash.ts';
import { Confirm } from './confirm.tsx';

interface RemoveNamedProps {
  readonly kind: 'destination' | 'source';
  readonly name: string;
  readonly remove: () => Promise<unknown>;
  readonly onDone?: () => void;
  readonly onClose: () => void;
  /** What exactly goes, and what stays. */
  readonly children: ReactNode;
}

/** Asks, then removes. Where pipelines still use it, they are named, each with a way to its page. */
export function RemoveNamed({ kind, name, remove, onDone, onClose, children }: RemoveNamedProps) {
  const act = useMutation({
    mutationFn: remove,
    onSuccess: async () => {
      onClose();
      onDone?.();
      flash(`The ${kind} “${name}” was removed`);
      await refresh();
    },
  });
  const users = usersIn(act.error);
  return (
    <Confirm
      title={`Remove the ${kind} “${name}”?`}
      action="Remove"
      busy={act.isPending}
      error={users.length > 0 ? null : act.error}
      onConfirm={() => act.mutate()}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>{children}</div>
        {users.length > 0 && (
          <Alert type="error" header={`This ${kind} is still in use`}>
            Remove {users.length === 1 ? 'this pipeline' : 'these pipelines'} first:
            <ul>
              {users.map((pipeline) => (
                <li key={pipeline}>
                  <Link href={`#/pipelines/named/${encodeURIComponent(pipeline)}`} onFollow={onClose}>
                    {pipeline}
                  </Link>
                </li>
              ))}
            </ul>
          </Alert>
        )}
      </SpaceBetween>
    </Confirm>
  );
}

/** The pipelines that stand in the way. */
function usersIn(error: unknown): readonly string[] {
  if (error === null) return [];
  const { code, details } = failureOf(error);
  const { pipelines } = details;
  return code === 'IN_USE' && Array.isArray(pipelines) ? pipelines.map(String) : [];
}
