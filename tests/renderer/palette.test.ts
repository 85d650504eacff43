/** What the palette offers, and what of it fits what was typed. */
import { describe, expect, test } from 'vitest';
import { commandsFor, fitting, mostShown } from '../../src/renderer/app/palette/commands.ts';

const known = {
  pipelines: [{ name: 'daily' }, { name: 'Load test/ü' }],
  sources: [{ name: 'shop' }],
  destinations: [{ name: 'lake' }],
};
const titles = (typed: string) => fitting(commandsFor(known), typed).map(({ title }) => title);

describe('the palette', () => {
  test('offers pages, loads, tests and the appearance, each once', () => {
    const all = commandsFor(known);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'Go to History',
        'Load daily',
        'Open the source shop',
        'Test lake',
        'Appearance: dark',
      ]),
    );
    const open = all.find(({ title }) => title === 'Open the pipeline Load test/ü');
    expect(open?.deed).toEqual({ do: 'go', address: '/pipelines/named/Load%20test%2F%C3%BC' });
  });

  test('finds by every word in any order, the beginnings first', () => {
    expect(titles('daily')).toEqual(['Load daily', 'Open the pipeline daily']);
    expect(titles('  DAILY load ')).toEqual(['Load daily']);
    expect(titles('load')[0]).toBe('Load daily');
    expect(titles('test')[0]).toBe('Test lake');
    expect(titles('nothing of the kind')).toEqual([]);
    expect(titles('')[0]).toBe('Go to Home');
  });

  test('shows no more than can be looked through', () => {
    const pipelines = Array.from({ length: 5000 }, (_, at) => ({ name: `p${at}` }));
    const all = commandsFor({ ...known, pipelines });
    expect(fitting(all, 'p')).toHaveLength(mostShown);
    expect(fitting(all, 'load p4999').map(({ title }) => title)).toEqual(['Load p4999']);
  });
});
