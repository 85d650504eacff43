/** What a form holds, and which of its problems the user should see by now. */
import { useState } from 'react';

type Problems<F> = Partial<Readonly<Record<keyof F, string>>>;

/** The fields that hold text. */
type TextKey<F> = { [K in keyof F]: string extends F[K] ? K : never }[keyof F];

/** What a `TextField` needs to show and change one field. */
export interface BoundText {
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
  readonly onLeave: () => void;
}

export interface Fields<F> {
  readonly values: F;
  readonly set: <K extends keyof F>(field: K, value: F[K]) => void;
  /** The user has left the field: from now on its problem is shown, unless it is still empty. */
  readonly leave: (field: keyof F) => void;
  /** What to show at a field. */
  readonly problem: (field: keyof F) => string | undefined;
  /** Binds a field of text. */
  readonly text: <K extends TextKey<F>>(field: K) => BoundText;
  /**
   * Shows every problem, or those of some fields; true when there is none. Moves the focus to the first field that
   * has one.
   */
  readonly check: (only?: readonly (keyof F)[]) => boolean;
  /** What was found wrong beyond the form, e.g. by the core; shown until the field is changed. */
  readonly refuse: (problems: Problems<F>) => void;
  /** Empties a field as if it had never been touched. */
  readonly clear: (field: keyof F) => void;
}

export function useFields<F extends object>(initial: F, problemsOf: (values: F) => Problems<F>): Fields<F> {
  const [values, setValues] = useState(initial);
  const [seen, setSeen] = useState<ReadonlySet<keyof F>>(new Set());
  const [refused, setRefused] = useState<Problems<F>>({});
  const problems = problemsOf(values);
  const set: Fields<F>['set'] = (field, value) => {
    setValues((now) => ({ ...now, [field]: value }));
    setRefused(({ [field]: _, ...others }) => others as Problems<F>);
  };
  const leave: Fields<F>['leave'] = (field) => {
    if (values[field] !== '') setSeen((now) => new Set([...now, field]));
  };
  const problem: Fields<F>['problem'] = (field) =>
    refused[field] ?? (seen.has(field) ? problems[field] : undefined);
  return {
    values,
    set,
    leave,
    problem,
    text: (field) => ({
      value: String(values[field]),
      problem: problem(field),
      onChange: (value) => set(field, value as F[typeof field]),
      onLeave: () => leave(field),
    }),
    check: (only = Object.keys(values) as (keyof F)[]) => {
      setSeen((now) => new Set([...now, ...only]));
      const fine = only.every((field) => problems[field] === undefined);
      if (!fine) setTimeout(focusFirstProblem);
      return fine;
    },
    refuse: setRefused,
    clear: (field) => {
      setValues((now) => ({ ...now, [field]: initial[field] }));
      setSeen((now) => new Set([...now].filter((other) => other !== field)));
    },
  };
}

/** Once the problems are on the page. */
function focusFirstProblem(): void {
  document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus();
}
