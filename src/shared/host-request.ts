/** What the program around a window asks of it: by a menu, a notification, or a file that was opened with the app. */
import { z } from 'zod';
import { maxWorkspaceText } from './workspace.ts';

export const hostRequestSchema = z.union([
  /** Show a page: its address, as after the # in the window's own. */
  z.object({ page: z.string().startsWith('/').max(500) }),
  /** Show the help: a place of the documentation, as `page#anchor`; '' for that of the present screen. */
  z.object({ help: z.string().max(200) }),
  /** Show how far an update is; the program looks for one already. */
  z.object({ show: z.literal('updates') }),
  /** Look at a workspace file, for an import. */
  z.object({ workspace: z.object({ name: z.string(), text: z.string().max(maxWorkspaceText) }) }),
]);
export type HostRequest = z.infer<typeof hostRequestSchema>;
