/** Time in which this process could work: a computer that sleeps, or a process that is stopped, does not age it. */

/** Milliseconds between two looks; a longer gap is not counted in full. */
const tick = 500;
const longestGap = 2 * tick;

export interface AwakeClock extends Disposable {
  /** Milliseconds since it was made. */
  now(): number;
}

/** Runs until it is disposed of; it does not keep the process alive. */
export function awakeClock(): AwakeClock {
  let awake = 0;
  let last = performance.now();
  const look = (): number => {
    const at = performance.now();
    awake += Math.min(at - last, longestGap);
    last = at;
    return awake;
  };
  const timer = setInterval(look, tick).unref();
  return { now: look, [Symbol.dispose]: () => clearInterval(timer) };
}
