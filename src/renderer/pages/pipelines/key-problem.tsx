import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { SluiceError } from '../../../shared/errors.ts';
import { correctParameter, type Edited } from './key-edit.ts';

interface KeyProblemProps {
  readonly text: string;
  readonly problem: SluiceError;
  readonly onCorrect: (edited: Edited) => void;
}

/** The partition key with the place marked where it goes wrong, and the correction where one is likely. */
export function KeyProblem({ text, problem, onCorrect }: KeyProblemProps) {
  const { position, length, nearest } = problem.details;
  if (typeof position !== 'number' || typeof length !== 'number' || text === '') return null;
  const wrong = text.slice(position, position + length);
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <Box variant="code">
        <span className="path-text">
          {text.slice(0, position)}
          <mark className="wrong-piece">{wrong}</mark>
          {text.slice(position + length)}
        </span>
      </Box>
      {typeof nearest === 'string' && (
        <Button
          formAction="none"
          iconName="edit"
          onClick={() => onCorrect(correctParameter(text, position, length, nearest))}
        >
          {`Use \${${nearest}}`}
        </Button>
      )}
    </SpaceBetween>
  );
}
