/**
 * Says at the end of every run what was skipped and what it needs, and what passed only at the second try. In CI nothing may be skipped that is not listed
 * in allowed-skips.ts: a component that went missing there would otherwise take its tests along silently.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';
import { allowedInCi } from './allowed-skips.ts';

/** A test or a whole suite that did not run, with the names of the suites around it. */
export interface Skipped {
  readonly name: string;
  /** The words after "needs", or the note of the test; '' where nobody said. */
  readonly needs: string;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** "NAME: needs X" and "NAME (needs X)" in their parts. */
export function describeSkip(fullName: string, note?: string): Skipped {
  const [, name = fullName, needs = ''] = /^(.*?)(?:: | \()needs (.*?)\)?$/s.exec(fullName) ?? [];
  return { name, needs: note ?? needs };
}

/** The outermost suites and tests that were skipped on purpose, not those that a failed hook kept from running. */
export function* skippedIn(parent: TestModule | TestSuite): Generator<Skipped> {
  for (const child of parent.children) {
    if (child.options.mode === 'skip' || child.options.mode === 'todo') yield describeSkip(child.fullName);
    else if (child.type === 'suite') yield* skippedIn(child);
    else yield* skippedByItself(child);
  }
}

function* skippedByItself(test: TestCase): Generator<Skipped> {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) yield describeSkip(test.fullName, result.note);
}

/** Counts tests; a suite or a file that could not run counts as one failed test, as an error outside of them does. */
export function summarise(modules: readonly TestModule[], errors: readonly SerializedError[]): Summary {
  const count = { passed: 0, failed: errors.length, skipped: 0 };
  for (const module of modules) {
    if (module.errors().length > 0) count.failed += 1;
    for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state !== 'pending') count[state] += 1;
    }
  }
  return count;
}

/** Tests that failed once and then passed: on a crowded machine a time-out, anywhere else a fault to look into. */
function secondTries(modules: readonly TestModule[]): string[] {
  return modules.flatMap((module) =>
    [...module.children.allTests()].filter((test) => test.diagnostic()?.flaky).map((test) => test.fullName),
  );
}

export default class SkippedReporter implements Reporter {
  private vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    // Whoever asks for some tests by name knows that the others do not run.
    const chosen = this.vitest?.config.testNamePattern !== undefined;
    const skipped = chosen ? [] : modules.flatMap((module) => [...skippedIn(module)]);
    for (const { name, needs } of skipped)
      this.say(`skipped: ${name}: needs ${needs || '(nobody said what)'}`);
    for (const name of secondTries(modules)) this.say(`passed only at the second try: ${name}`);
    const unexpected = process.env.CI ? skipped.filter((skip) => !allowedInCi(skip)) : [];
    for (const { name } of unexpected) {
      this.say(
        `error: must not be skipped in CI, and is not listed in tests/support/allowed-skips.ts: ${name}`,
      );
    }
    const summary = summarise(modules, errors);
    const path = process.env.SLUICE_TEST_SUMMARY;
    if (path) writeFileSync(path, JSON.stringify({ ...summary, failed: summary.failed + unexpected.length }));
    if (unexpected.length > 0) process.exitCode = 1;
  }

  private say(line: string): void {
    this.vitest?.logger.log(line);
  }
}
