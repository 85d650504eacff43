/** Who uses a connection of a snapshot. */
import { SluiceError } from '../../shared/errors.ts';

export interface Turn {
  busy: boolean;
  /** Called when it is free again. */
  readonly waiting: (() => void)[];
}

export const freeTurn = (): Turn => ({ busy: false, waiting: [] });

/** A connection answers one question at a time; whoever asks more of it at once has miscounted. */
export function claim(turn: Turn): void {
  if (turn.busy) throw new SluiceError('INTERNAL', 'a snapshot reads as many objects at a time as it says');
  turn.busy = true;
}

export function leave(turn: Turn): void {
  turn.busy = false;
  for (const look of turn.waiting.splice(0)) look();
}

/** Resolves when it was left; others may have heard that too. */
export const leftTurn = (turn: Turn): Promise<void> =>
  new Promise((resolve) => {
    turn.waiting.push(resolve);
  });
