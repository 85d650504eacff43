import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import type { ConflictChoice, WorkspacePlanItem } from '../../../shared/workspace.ts';
import type { Chosen } from './plan-words.ts';

interface ConflictFieldProps {
  readonly item: WorkspacePlanItem;
  readonly chosen: Chosen | undefined;
  readonly onChoose: (chosen: Chosen) => void;
}

const options = [
  { value: 'mine', label: 'Keep mine' },
  { value: 'theirs', label: 'Take theirs' },
  { value: 'rename', label: 'Add under another name' },
];

/** Milliseconds without a keystroke after which a name counts as typed. */
const pause = 400;

/** What becomes of two things of one name. Nothing is chosen beforehand. */
export function ConflictField({ item: { kind, name, savedAs }, chosen, onChoose }: ConflictFieldProps) {
  return (
    <SpaceBetween size="xxs">
      <Select
        ariaLabel={`What becomes of the ${kind} ${name}`}
        placeholder="Choose"
        options={options}
        selectedOption={options.find(({ value }) => value === chosen?.choice) ?? null}
        onChange={({ detail }) =>
          onChoose({ choice: detail.selectedOption.value as ConflictChoice, newName: '' })
        }
      />
      {chosen?.choice === 'rename' && (
        <NewName
          label={`New name of the ${kind} ${name}`}
          free={savedAs}
          onName={(newName) => onChoose({ choice: 'rename', newName })}
        />
      )}
    </SpaceBetween>
  );
}

interface NewNameProps {
  readonly label: string;
  /** A name that is free, used while nothing is typed. */
  readonly free: string;
  readonly onName: (name: string) => void;
}

function NewName({ label, free, onName }: NewNameProps) {
  const [typed, setTyped] = useState('');
  const [told, setTold] = useState('');
  // The name of a moment ago is no name yet: each would be looked at as a plan of its own.
  useEffect(() => {
    if (typed === told) return;
    const timer = setTimeout(() => {
      setTold(typed);
      onName(typed);
    }, pause);
    return () => clearTimeout(timer);
  }, [typed, told, onName]);
  return (
    <Input
      ariaLabel={label}
      value={typed}
      placeholder={free}
      spellcheck={false}
      onChange={({ detail }) => setTyped(detail.value)}
    />
  );
}
