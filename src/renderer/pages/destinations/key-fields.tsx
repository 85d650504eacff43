import FileInput from '@cloudscape-design/components/file-input';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { TextField } from '../../components/text-field.tsx';
import type { FieldsProps } from './access-fields.tsx';

interface KeyFieldsProps extends FieldsProps {
  /** True where the keychain holds the secret of this key already. */
  readonly kept?: boolean;
}

/** The access key: typed, or read from the file of AWS. */
export function KeyFields({ fields, kept = false }: KeyFieldsProps) {
  return (
    <SpaceBetween size="l">
      <KeyFile fields={fields} />
      <TextField label="Access key ID" placeholder="AKIA…" {...fields.text('accessKeyId')} />
      <TextField
        label="Secret access key"
        secret
        constraint={
          kept
            ? 'Leave this empty to keep the secret that the keychain holds for this key.'
            : 'Goes into the keychain of this computer and is never shown again. After each test, enter it again.'
        }
        {...fields.text('secretAccessKey')}
      />
    </SpaceBetween>
  );
}

/** What became of a file that was chosen. */
interface Outcome {
  readonly file: string;
  readonly problem?: string;
}

/** Fills both fields from the .csv of AWS; the file itself is not kept. */
function KeyFile({ fields }: FieldsProps) {
  const [outcome, setOutcome] = useState<Outcome>();
  const read = async (file: File | undefined) => {
    if (file === undefined) return;
    // The library that reads it comes only when it is needed.
    const { keyOfFile, largestKeyFile } = await import('./aws-key-file.ts');
    const found =
      file.size > largestKeyFile
        ? { problem: 'This file is too large to be the key file of AWS.' }
        : keyOfFile(await file.text());
    setOutcome({ file: file.name, ...('problem' in found ? found : {}) });
    if ('problem' in found) return;
    fields.set('accessKeyId', found.accessKeyId);
    fields.set('secretAccessKey', found.secretAccessKey);
  };
  const filled = outcome?.problem === undefined && fields.values.secretAccessKey !== '';
  return (
    <FormField
      label="Key file"
      description="The .csv file that AWS offers when the key is made. It fills both fields below."
      errorText={outcome?.problem}
      stretch
    >
      <SpaceBetween size="xs">
        <FileInput
          accept=".csv,text/csv"
          value={[]}
          onChange={({ detail }) => {
            read(detail.value[0]).catch(() =>
              setOutcome({ file: '', problem: 'The file could not be read. Choose it again.' }),
            );
          }}
        >
          Choose the file
        </FileInput>
        <div aria-live="polite">
          {outcome !== undefined && filled && (
            <StatusIndicator type="success">
              Read from {outcome.file}. Delete the file once the destination is saved.
            </StatusIndicator>
          )}
        </div>
      </SpaceBetween>
    </FormField>
  );
}
