/**
 * A workspace as a file: what a team shares of one installation, and what bringing it into another one would change.
 * It holds no secret. The format is described in docs/workspace-file.md.
 */
import { z } from 'zod';
import {
  destinationSettingsSchema,
  errorInfoSchema,
  instantSchema,
  nameSchema,
  pipelineSchema,
  sourceSchema,
} from './model.ts';

export const workspaceFormat = 'sluice-workspace';

/** The version that is written; the only one there is. */
export const workspaceVersion = 1;

/** The longest file that is read, in characters: some twenty thousand objects. */
export const maxWorkspaceText = 2 * 1024 * 1024;

export const workspaceFileSchema = z.object({
  format: z.literal(workspaceFormat),
  version: z.literal(workspaceVersion),
  exportedAt: instantSchema,
  /** The version of Sluice that wrote it. */
  writtenBy: z.string(),
  externalId: z.uuid(),
  destinations: z.array(destinationSettingsSchema),
  /** `passwordInKeychain` says that the source has a password, which has to be entered where it is imported. */
  sources: z.array(sourceSchema),
  pipelines: z.array(pipelineSchema),
});
export type WorkspaceFile = z.infer<typeof workspaceFileSchema>;

export const workspaceKindSchema = z.enum(['destination', 'source', 'pipeline']);
export type WorkspaceKind = z.infer<typeof workspaceKindSchema>;

const itemSchema = z.object({ kind: workspaceKindSchema, name: nameSchema });

export const workspaceExportSchema = z.object({
  /** The file. */
  text: z.string(),
  /** A name for it. */
  fileName: z.string(),
  destinations: z.number().int(),
  sources: z.number().int(),
  pipelines: z.number().int(),
  /** What belongs to practice mode, and so to this computer only. */
  leftOut: z.array(itemSchema),
  /** Whose secret has to be entered again after an import. */
  needSecrets: z.array(itemSchema),
});
export type WorkspaceExport = z.infer<typeof workspaceExportSchema>;

/** What becomes of an item whose name is taken here by something else. */
export const conflictChoiceSchema = z.enum(['mine', 'theirs', 'rename']);
export type ConflictChoice = z.infer<typeof conflictChoiceSchema>;

export const workspaceChoicesSchema = z.object({
  /** For every conflict that is not named in `items`. */
  all: conflictChoiceSchema.optional(),
  items: z
    .array(
      itemSchema.extend({
        choice: conflictChoiceSchema,
        /** For `rename`; without it a free name is made of the old one. */
        newName: nameSchema.optional(),
      }),
    )
    .max(10_000)
    .default([]),
});
export type WorkspaceChoices = z.infer<typeof workspaceChoicesSchema>;

/** What an import would do, item by item. Nothing has happened yet. */
export const workspacePlanSchema = z.object({
  /** Stands for exactly this plan: the import takes it, and refuses when it would do anything else by then. */
  fingerprint: z.string(),
  /** True when nothing is left to decide and nothing is in the way. */
  ready: z.boolean(),
  externalId: z.object({
    here: z.string(),
    file: z.string(),
    /** `take`: the file's becomes this installation's. `keep`: they differ, and this one stays. */
    action: z.enum(['same', 'take', 'keep']),
    /** Why it stays and what follows; null unless it does. */
    reason: z.string().nullable(),
    /** Roles that the import brings and that know the file's ID only; empty unless it stays. */
    roles: z.array(z.string()),
  }),
  items: z.array(
    itemSchema.extend({
      /**
       * `add`: new here. `same`: here already. `conflict`: the name is taken by something else, and nobody has chosen.
       * As chosen: `mine` leaves this one, `theirs` replaces it, `rename` adds the file's under `savedAs`.
       */
      action: z.enum(['add', 'same', 'conflict', 'mine', 'theirs', 'rename']),
      /** The name that it gets here. */
      savedAs: nameSchema,
      /** The file's, in one line. */
      summary: z.string(),
      /** What the two of one name do not share; empty for `add` and `same`. */
      differences: z.array(z.object({ field: z.string(), here: z.string(), file: z.string() })),
      /** Pipelines here that use what is replaced. */
      usedBy: z.array(z.string()),
      /** Its secret has to be entered after the import. */
      needsSecret: z.boolean(),
    }),
  ),
  /** What else the user should know. */
  notes: z.array(z.string()),
  /** What is in the way, e.g. two objects that would write to one directory. */
  problems: z.array(errorInfoSchema),
});
export type WorkspacePlan = z.infer<typeof workspacePlanSchema>;
export type WorkspacePlanItem = WorkspacePlan['items'][number];
