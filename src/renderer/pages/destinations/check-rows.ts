/** The checks of a connection test as a list that is whole from its beginning, so that nothing moves while it runs. Pure. */
import type { Access, Check } from '../../../shared/model.ts';
import type { TestRun } from './test-run.ts';

/** `waiting`: not its turn yet. `unreached`: the test ended before it. */
export type RowState = Check['verdict'] | 'waiting' | 'running' | 'unreached';

export interface CheckRow {
  readonly name: string;
  readonly title: string;
  readonly state: RowState;
  /** What the check had to say; absent before it ended. */
  readonly check?: Check;
}

/** What each check looks at, in the order in which they come. */
const titles: Readonly<Record<string, string>> = {
  settings: 'The settings go together',
  identity: 'Who is signed in',
  'assume-role': 'The role opens with your external ID',
  'assume-role-without-external-id': 'The role stays closed without an external ID',
  'assume-role-with-wrong-external-id': 'The role stays closed with a wrong external ID',
  bucket: 'The bucket is there, in this region',
  list: 'List the files of the bucket',
  put: 'Write a test file',
  get: 'Read the test file back',
  abort: 'Take back an unfinished upload',
  delete: 'Delete the test file',
  'clean-up': 'Nothing stays behind',
};

/** A check that is not in the list is shown by its own name. */
export const titleOf = (name: string): string => titles[name] ?? name;

const ofRoles = ['assume-role', 'assume-role-without-external-id', 'assume-role-with-wrong-external-id'];
const ofBuckets = ['bucket', 'list', 'put', 'get', 'abort', 'delete'];

/** The checks that a test of such an access begins with or comes to, if nothing stops it. */
export const plannedChecks = (type: Access['type']): readonly string[] => [
  'settings',
  'identity',
  ...(type === 'role' ? ofRoles : []),
  ...ofBuckets,
];

/** What was planned, with what is known of each by now; a check that nobody planned stands behind the one before it. */
export function rowsOf({ state, checks, waiting }: TestRun, planned: readonly string[]): readonly CheckRow[] {
  const names = [...planned];
  checks.forEach(({ check }, index) => {
    if (names.includes(check)) return;
    const before = names.indexOf(checks[index - 1]?.check ?? '');
    names.splice(before + 1, 0, check);
  });
  const ended = new Map(checks.map((check) => [check.check, check]));
  const next = waiting?.waiting ?? names[lastEnded(names, ended) + 1];
  // A test that has passed has left nothing out that mattered.
  const shown = state === 'passed' ? names.filter((name) => ended.has(name)) : names;
  return shown.map((name) => {
    const row = { name, title: titleOf(name) };
    const check = ended.get(name);
    if (check !== undefined) return { ...row, state: check.verdict, check };
    if (state !== 'running') return { ...row, state: state === 'idle' ? 'waiting' : 'unreached' };
    return { ...row, state: name === next ? 'running' : 'waiting' };
  });
}

const lastEnded = (names: readonly string[], ended: ReadonlyMap<string, Check>): number =>
  names.findLastIndex((name) => ended.has(name));
