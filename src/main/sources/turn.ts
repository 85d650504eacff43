/** Who uses the one connection of a snapshot. */
import { SluiceError } from '../../shared/errors.ts';

export interface Turn {
  busy: boolean;
}

/** A connection answers one question at a time; waiting here could wait for ever. */
export function claim(turn: Turn): void {
  if (turn.busy) throw new SluiceError('INTERNAL', 'a snapshot reads one object at a time');
  turn.busy = true;
}
