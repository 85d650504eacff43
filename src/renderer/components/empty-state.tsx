import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly title: string;
  /** What the thing is for. */
  readonly children: ReactNode;
  /** The one next step. */
  readonly action?: ReactNode;
}

/** What stands where a list has nothing yet. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <Box textAlign="center" padding={{ vertical: 'l' }}>
      <SpaceBetween size="s">
        <div>
          <Box variant="strong">{title}</Box>
          <Box variant="p" color="text-body-secondary">
            {children}
          </Box>
        </div>
        {action}
      </SpaceBetween>
    </Box>
  );
}
