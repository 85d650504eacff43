/** The plan of an import in words, and the choices made for it. */
import { describe, expect, it } from 'vitest';
import {
  actionWords,
  choicesOf,
  contentWords,
  fieldWords,
  isChange,
  isConflict,
  keyOf,
  noteWords,
  planSentence,
  stillConflicts,
} from '../../src/renderer/pages/workspace/plan-words.ts';
import type { WorkspacePlan, WorkspacePlanItem } from '../../src/shared/workspace.ts';

const item = (over: Partial<WorkspacePlanItem>): WorkspacePlanItem => ({
  ...{ kind: 'destination', name: 'Lake', action: 'add', savedAs: 'Lake', summary: '' },
  ...{ differences: [], usedBy: [], needsSecret: false },
  ...over,
});
const actions = ['add', 'same', 'conflict', 'mine', 'theirs', 'rename'] as const;

describe('the plan of an import', () => {
  it('is one sentence', () => {
    expect(planSentence(actions.map((action) => item({ action })))).toBe(
      '2 are added, 1 is replaced, 2 stay as they are, 1 waits for your choice.',
    );
    expect(planSentence([item({})])).toBe('1 is added.');
    expect(planSentence([])).toBe('The file is empty.');
  });

  it('tells changes from what stays, and what was decided from what nobody had to decide', () => {
    expect(actions.filter((action) => isChange(item({ action })))).toEqual(['add', 'theirs', 'rename']);
    expect(actions.filter((action) => !isConflict(item({ action })))).toEqual(['add', 'same']);
  });

  it('has words for every action, and the new name where there is one', () => {
    expect(new Set(actions.map((action) => actionWords(item({ action })))).size).toBe(actions.length);
    expect(actionWords(item({ action: 'rename', savedAs: 'Lake 2' }))).toContain('“Lake 2”');
  });

  it('leaves out advice for the command line', () => {
    expect(noteWords('You have to be named there ("sluice trust" prints how).')).toBe(
      'You have to be named there.',
    );
  });

  it('calls fields as the screens do, and unknown ones by their own name', () => {
    expect(fieldWords('access.roleArn')).toBe('Role ARN');
    expect(fieldWords('brandNew')).toBe('brandNew');
    expect(contentWords({ destinations: 1, sources: 0, pipelines: 2 })).toBe('1 destination, 2 pipelines');
  });
});

describe('the choices', () => {
  const lake = item({ action: 'conflict' });
  const daily = item({ kind: 'pipeline', name: 'Daily', action: 'conflict' });

  it('go to the core for the items of the plan, an empty new name left to it', () => {
    const choices = new Map([
      [keyOf(lake), { choice: 'rename', newName: ' ' }],
      [keyOf(daily), { choice: 'rename', newName: ' Nightly ' }],
      ['source/Gone', { choice: 'mine', newName: '' }],
    ] as const);
    expect(choicesOf([lake, daily], choices)).toEqual({
      items: [
        { kind: 'destination', name: 'Lake', choice: 'rename' },
        { kind: 'pipeline', name: 'Daily', choice: 'rename', newName: 'Nightly' },
      ],
    });
  });

  it('for a pipeline count only while its name is taken', () => {
    const chosen = {
      items: [
        { kind: 'destination', name: 'Lake', choice: 'theirs' },
        { kind: 'pipeline', name: 'Daily', choice: 'mine' },
      ] as const,
    };
    const plan = (items: WorkspacePlanItem[]) => ({ items }) as unknown as WorkspacePlan;
    const items = { items: [...chosen.items] };
    expect(stillConflicts(plan([lake, daily]), items)).toEqual([chosen.items[1]]);
    expect(stillConflicts(plan([lake, { ...daily, action: 'same' }]), items)).toEqual([]);
  });
});
