/**
 * Screens what the page sends over its port. oRPC parses outside of its own error handling, so a message that is
 * none of its calls would come up as an unhandled rejection of the main process.
 */
import { z } from 'zod';

const id = z.union([z.string().min(1).max(64), z.number()]);

/** As oRPC's peer writes them: a call, and the wish to end one. The contract has no streams or files inward. */
const callMessage = z.union([
  z.strictObject({
    i: id,
    p: z.strictObject({
      u: z.string().startsWith('/').max(4096),
      b: z.unknown().optional(),
      m: z.enum(['GET', 'POST']).optional(),
    }),
  }),
  z.strictObject({ i: id, t: z.literal(4) }),
]);

/** True for a message that may go on to oRPC. */
export function isCallMessage(data: unknown): boolean {
  if (typeof data !== 'string') return false;
  try {
    return callMessage.safeParse(JSON.parse(data)).success;
  } catch {
    // Not JSON, so none of ours.
    return false;
  }
}
