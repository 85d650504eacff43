import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState } from 'react';
import { type ParameterName, parameterNames } from '../../../shared/partition-key.ts';
import { asSentence } from '../../components/format.ts';
import { keyProblem } from './draft.ts';
import { type Edited, insertParameter } from './key-edit.ts';
import { KeyProblem } from './key-problem.tsx';

interface PartitionKeyFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const meanings: Readonly<Record<ParameterName, string>> = {
  YEAR: 'the year',
  MONTH: 'the month',
  DAY: 'the day of the month',
  DATE: 'the whole date',
  HOUR: 'the hour, 00 to 23',
  JOB_ID: 'the id of the load: keeps every load apart',
};

export function PartitionKeyField({ value, onChange }: PartitionKeyFieldProps) {
  const { field, input, edit } = useCaret(onChange);
  const problem = keyProblem(value);
  const insert = (name: ParameterName) => {
    // Before the field was ever used, its caret stands nowhere in particular.
    const { selectionStart, selectionEnd } = input() ?? {};
    const from = field.touched ? (selectionStart ?? value.length) : value.length;
    edit(insertParameter(value, from, field.touched ? (selectionEnd ?? from) : from, name));
  };
  return (
    <SpaceBetween size="xs">
      <div ref={field.ref}>
        <FormField
          stretch
          label="Partition key"
          description="The folders below the object's own. A parameter becomes name=value when a load starts."
          constraintText={
            problem === undefined ? 'At least one parameter. A slash begins a new folder.' : undefined
          }
          errorText={problem === undefined ? undefined : asSentence(problem.message)}
        >
          <Input
            value={value}
            spellcheck={false}
            onFocus={field.onFocus}
            onChange={({ detail }) => onChange(detail.value)}
          />
        </FormField>
      </div>
      {problem !== undefined && <KeyProblem text={value} problem={problem} onCorrect={edit} />}
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <Box variant="small">Insert at the caret</Box>
        {parameterNames.map((name) => (
          <Button
            key={name}
            formAction="none"
            ariaLabel={`Insert ${name}: ${meanings[name]}`}
            onClick={() => insert(name)}
          >
            {`\${${name}}`}
          </Button>
        ))}
      </SpaceBetween>
    </SpaceBetween>
  );
}

/** The caret of the field: Cloudscape's input does not tell where it is, the element below it does. */
function useCaret(onChange: (value: string) => void) {
  const ref = useRef<HTMLDivElement>(null);
  const [touched, setTouched] = useState(false);
  const [edited, setEdited] = useState<Edited>();
  const input = () => ref.current?.querySelector('input');
  useEffect(() => {
    if (edited === undefined) return;
    // After the new text is in the field.
    const element = ref.current?.querySelector('input');
    element?.focus();
    element?.setSelectionRange(edited.caret, edited.caret);
  }, [edited]);
  const edit = (next: Edited) => {
    onChange(next.text);
    setEdited(next);
  };
  return { field: { ref, touched, onFocus: () => setTouched(true) }, input, edit };
}
