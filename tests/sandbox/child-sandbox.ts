/** A sandbox in a process of its own, for the tests that kill it or measure it; any message asks for its peak. */
import { startSandbox } from '../../src/main/sandbox/sandbox.ts';

// Not from start.ts, whose SDK this process does not need.
const bucket = 'tests';

const sandbox = await startSandbox({ store: process.argv[2] ?? '' });
sandbox.createBucket(bucket);
const { endpoint, region, user } = sandbox;
process.on('message', () => process.send?.({ peakBytes: process.resourceUsage().maxRSS * 1024 }));
process.send?.({ sandbox: { endpoint, region, user } });
