import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { ReactNode } from 'react';

export interface TextFieldProps {
  readonly label: ReactNode;
  /** What the field is for. */
  readonly description?: ReactNode;
  /** What may stand in it. */
  readonly constraint?: ReactNode;
  readonly optional?: boolean;
  readonly value: string;
  readonly problem?: string | undefined;
  readonly placeholder?: string;
  readonly secret?: boolean;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
  readonly digits?: boolean;
  /** A button beside the field. */
  readonly beside?: ReactNode;
  readonly onChange: (value: string) => void;
  readonly onLeave?: () => void;
}

/** A line of text with its label and what is wrong with it. Names and keys are not corrected by the browser. */
export function TextField(props: TextFieldProps) {
  const { label, description, constraint, optional, value, problem, placeholder, beside } = props;
  return (
    <FormField
      label={
        optional === true ? (
          <>
            {label} <i>- optional</i>
          </>
        ) : (
          label
        )
      }
      description={description}
      constraintText={constraint}
      errorText={problem}
      secondaryControl={beside}
      stretch={beside === undefined}
    >
      <Input
        value={value}
        type={props.secret === true ? 'password' : 'text'}
        {...(placeholder === undefined ? {} : { placeholder })}
        {...(props.digits === true ? { inputMode: 'numeric' as const } : {})}
        autoFocus={props.autoFocus ?? false}
        disabled={props.disabled ?? false}
        autoComplete={props.secret === true ? 'new-password' : false}
        spellcheck={false}
        disableBrowserAutocorrect
        onChange={({ detail }) => props.onChange(detail.value)}
        onBlur={() => props.onLeave?.()}
      />
    </FormField>
  );
}
