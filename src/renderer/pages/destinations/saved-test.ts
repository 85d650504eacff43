/** Hands the test that a save ended with over to the list of destinations, where it has something to tell. */
import type { TestRun } from './test-run.ts';

export interface SavedTest {
  /** The destination. */
  readonly name: string;
  readonly run: TestRun;
}

let left: SavedTest | undefined;

/** Keeps it until the list is opened. */
export function leaveTest(test: SavedTest): void {
  left = test;
}

/** Takes it away: it is shown once. */
export function takeTest(): SavedTest | undefined {
  const taken = left;
  left = undefined;
  return taken;
}
