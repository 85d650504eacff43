import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import { useStartLoad } from './use-start-load.tsx';

interface LoadButtonProps {
  readonly pipeline: string;
  readonly variant?: ButtonProps.Variant;
  readonly label?: string;
}

/** Starts a load, after a question where it would write a second copy, and opens its page. */
export function LoadButton({ pipeline, variant = 'normal', label = 'Load' }: LoadButtonProps) {
  const { start, busy, dialogs } = useStartLoad();
  return (
    <>
      <Button
        variant={variant}
        wrapText={false}
        loading={busy}
        ariaLabel={`${label}: ${pipeline}`}
        onClick={() => start(pipeline)}
      >
        {label}
      </Button>
      {dialogs}
    </>
  );
}
