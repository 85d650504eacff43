/** Which loads run, and how far all of them are: what the dock, the sleep blocker and the quit question go by. */
import type { JobActivity } from '../../core/index.ts';

export interface RunningLoad {
  readonly jobId: string;
  readonly pipeline: string;
}

type Change = (loads: RunningLoads) => void;

interface Load extends RunningLoad {
  /** By object: rows read, and rows that the source expects; null where it does not tell. */
  readonly objects: Map<string, { readonly rows: number; readonly expected: number | null }>;
}

export class RunningLoads {
  readonly #loads = new Map<string, Load>();
  readonly #listeners: Change[] = [];

  /** Takes what the core tells of a load. */
  readonly tell = ({ jobId, pipeline, event }: JobActivity): void => {
    if (event.event === 'begun') this.#loads.set(jobId, { jobId, pipeline, objects: new Map() });
    else if (event.event === 'end') this.#loads.delete(jobId);
    else if (event.event === 'progress') {
      const { object, rows, estimatedRows, phase } = event;
      const expected = phase === 'completed' ? rows : (estimatedRows ?? null);
      this.#loads.get(jobId)?.objects.set(object, { rows, expected });
    } else return;
    for (const listener of this.#listeners) listener(this);
  };

  /** Calls back after every change, until the app ends. */
  onChange(listener: Change): void {
    this.#listeners.push(listener);
  }

  list(): readonly RunningLoad[] {
    return [...this.#loads.values()].map(({ jobId, pipeline }) => ({ jobId, pipeline }));
  }

  /** 0 to 1 over all rows of all loads; null when nobody knows how many rows there are, or nothing runs. */
  fraction(): number | null {
    const objects = [...this.#loads.values()].flatMap((load) => [...load.objects.values()]);
    let rows = 0;
    let expected = 0;
    for (const object of objects) {
      if (object.expected === null) return null;
      rows += Math.min(object.rows, object.expected);
      expected += object.expected;
    }
    return expected === 0 ? null : rows / expected;
  }
}
