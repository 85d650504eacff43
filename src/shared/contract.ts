/**
 * The whole surface between the core and whoever calls it, in one file: the command line, the desktop window
 * and the browser all speak this, and nothing else. A secret goes inward in `save` and never comes out.
 */
import {
  type ContractRouterClient,
  eventIterator,
  type InferContractRouterInputs,
  type InferContractRouterOutputs,
  oc,
} from '@orpc/contract';
import { z } from 'zod';
import { mostRows, objectColumnsSchema, objectRowsSchema, usualRows } from './browse.ts';
import { errorCodes, fixOf } from './errors.ts';
import { hostRequestSchema } from './host-request.ts';
import {
  awsProfileSchema,
  bucketRegionSchema,
  checkSchema,
  destinationSchema,
  destinationSettingsSchema,
  estimateSchema,
  fileOptionsSchema,
  filePreviewSchema,
  identitySchema,
  jobEventSchema,
  jobIdSchema,
  jobSummarySchema,
  nameSchema,
  objectNameSchema,
  pipelineSchema,
  previewSchema,
  receiptSchema,
  removalEventSchema,
  setupSchema,
  signerSchema,
  sourceObjectSchema,
  sourceSchema,
  sweepSchema,
  tunnelSchema,
  unfinishedUploadsSchema,
  verifyEventSchema,
  waitingSchema,
} from './model.ts';
import { scheduleSchema, timeOfDaySchema, usualTime } from './schedule.ts';
import { updateSettingsSchema, updateStateSchema } from './updates.ts';
import {
  maxWorkspaceText,
  workspaceChoicesSchema,
  workspaceExportSchema,
  workspacePlanSchema,
} from './workspace.ts';

/** What of an error crosses a host besides its code and message. */
export const errorDataSchema = z.object({ fix: z.string(), details: z.record(z.string(), z.unknown()) });

const errorMap = Object.fromEntries(
  errorCodes.map((code) => [code, { message: fixOf(code), data: errorDataSchema }]),
) as Record<(typeof errorCodes)[number], { message: string; data: typeof errorDataSchema }>;

const procedure = oc.errors(errorMap);
const byName = z.object({ name: nameSchema });
const byJob = z.object({ jobId: jobIdSchema });
const nothing = z.object({});

/** A check of the connection test, e.g. `list`. */
const checkNameSchema = z.string().min(1).max(100);

/** Whether a test waits, up to a minute, for what AWS may not have carried to everywhere yet. */
const waitSchema = z.boolean().default(true);

/** The events of a connection test: a check each, waitings between, then the result, and whether it was saved. */
export const testEventSchema = z.union([
  checkSchema,
  waitingSchema,
  z.object({ result: z.enum(['passed', 'failed']) }),
  z.object({ saved: z.boolean() }),
]);
export type TestEvent = z.infer<typeof testEventSchema>;

/** What is asked for before a tunnel is saved; where its secret is kept is not for the caller to say. */
export const newTunnelSchema = tunnelSchema.extend({
  auth: z.discriminatedUnion('type', [
    z.object({ type: z.literal('agent') }),
    z.object({ type: z.literal('key'), path: z.string().min(1).max(4096) }),
    z.object({ type: z.literal('password') }),
  ]),
});
export type NewTunnel = z.infer<typeof newTunnelSchema>;

/**
 * The fingerprint of a host key that the user has compared: it is accepted for an SSH server that is not known yet,
 * and remembered. A key that has changed cannot be accepted.
 */
const hostKeySchema = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'a fingerprint is written like SHA256:…');

/** How the user named an object: `SCHEMA.NAME` or `NAME`; resolved against what the source holds. */
const objectTextSchema = z.string().min(1);

/** One object of a saved source: by its exact name, or as the user named it. */
const lookSchema = byName.extend({ object: z.union([objectNameSchema, objectTextSchema]) });

const workspaceTextSchema = z
  .string()
  .max(maxWorkspaceText, `a workspace file has at most ${maxWorkspaceText / 1024 / 1024} MiB`);

/** Seconds that a load goes on trying while S3 cannot be reached, before it is interrupted; 600 when absent. */
const networkTimeoutSchema = z.number().int().min(0).max(86_400);

/** `path` is absolute; `database` is the part of the directory path, the folder's name where absent. */
const filesLocationSchema = z.object({
  kind: z.literal('files'),
  path: z.string().min(1),
  database: z.string().trim().min(1).max(255).optional(),
  options: fileOptionsSchema.optional(),
});

export const contract = {
  system: {
    info: procedure.output(
      z.object({
        version: z.string(),
        host: z.enum(['cli', 'web', 'electron']),
        /** Where settings and history are kept. */
        dataFolder: z.string(),
        canChooseFiles: z.boolean(),
        /** What the user has to be told, e.g. that a damaged file was put aside. */
        notices: z.array(z.string()),
      }),
    ),
    /** Opens the system's file dialog; null when it was closed. Only where `canChooseFiles`. */
    chooseFile: procedure.output(z.object({ path: z.string().nullable() })),
    /** What the program asks of its window, from menus for one. Goes on as long as both do; most hosts never ask. */
    requests: procedure.output(eventIterator(hostRequestSchema)),
  },

  /** Newer versions of this program. Where it is not updated from here, `watch` says so and the others refuse. */
  updates: {
    /** The state now, and again after every change. */
    watch: procedure.output(eventIterator(updateStateSchema)),
    /** Begins to look; the outcome is told by `watch`, as it is of the other calls. */
    check: procedure.output(nothing),
    download: procedure.output(nothing),
    stop: procedure.output(nothing),
    /** `now` ends the app and starts the new one; refused while a load runs. */
    install: procedure.input(z.object({ when: z.enum(['now', 'quit']) })).output(nothing),
    /** Opens the page of the version that was found, in the user's browser. */
    openPage: procedure.output(nothing),
    settings: procedure.output(updateSettingsSchema),
    saveSettings: procedure.input(updateSettingsSchema).output(nothing),
  },

  access: {
    /** This installation's external ID. */
    externalId: procedure.output(z.object({ externalId: z.string() })),
    /** The identity that signs, as STS sees it. */
    whoami: procedure.input(z.object({ signer: signerSchema })).output(identitySchema),
    /** The AWS profiles of this computer by name; `current` is the one that signs where none is named, if any. */
    profiles: procedure.output(
      z.object({ profiles: z.array(awsProfileSchema), current: z.string().nullable() }),
    ),
    /** The trust policy for a principal; without one, for the identity that is signed in. */
    trustPolicy: procedure
      .input(
        z.object({
          signer: signerSchema,
          principal: z.string().optional(),
          externalId: z.string().optional(),
        }),
      )
      .output(z.object({ document: z.unknown() })),
    /** Where a bucket is; needs no permission in it. */
    bucketRegion: procedure
      .input(
        z.object({
          bucket: z.string().min(3).max(63),
          signer: signerSchema,
          endpoint: z.url({ protocol: /^https?$/ }).optional(),
        }),
      )
      .output(bucketRegionSchema),
  },

  setup: {
    /** The setup that was begun and not finished; null when there is none. */
    read: procedure.output(setupSchema.nullable()),
    save: procedure.input(setupSchema).output(nothing),
    forget: procedure.output(nothing),
  },

  destinations: {
    list: procedure.output(z.array(destinationSchema)),
    /**
     * Tests, then saves. A failed test saves nothing; `draft` saves untested and marks it so. `replaces` names the
     * destination that becomes this one: it stays as it was until then, and so does its secret when none is given
     * and the access key ID is the same. One that pipelines use keeps its name. `from` names the check to go on at,
     * where the ones before it passed a moment ago with the same settings: these are told as they were.
     */
    save: procedure
      .input(
        z.object({
          settings: destinationSettingsSchema,
          secretAccessKey: z.string().min(1).optional(),
          draft: z.boolean().default(false),
          replaces: nameSchema.optional(),
          from: checkNameSchema.optional(),
          wait: waitSchema,
        }),
      )
      .output(eventIterator(testEventSchema)),
    test: procedure
      .input(byName.extend({ from: checkNameSchema.optional(), wait: waitSchema }))
      .output(eventIterator(testEventSchema)),
    /** Ends a waiting of a test that runs: the last answer stands. Quiet when it is over. */
    stopWaiting: procedure.input(z.object({ wait: z.uuid() })).output(nothing),
    remove: procedure.input(byName).output(nothing),
  },

  sources: {
    list: procedure.output(z.array(sourceSchema)),
    /** Connects, then saves; the password goes to the keychain. `path` must be absolute. */
    save: procedure
      .input(
        z.object({
          name: nameSchema,
          location: z.discriminatedUnion('kind', [
            z.object({
              kind: z.literal('postgres'),
              url: z.string().min(1),
              tunnel: newTunnelSchema.optional(),
            }),
            z.object({
              kind: z.literal('mysql'),
              url: z.string().min(1),
              tunnel: newTunnelSchema.optional(),
            }),
            z.object({ kind: z.literal('sqlite'), path: z.string().min(1) }),
            filesLocationSchema,
          ]),
          password: z.string().min(1).optional(),
          /** The passphrase of the key file of the tunnel, or its password. */
          tunnelSecret: z.string().min(1).optional(),
          acceptHostKey: hostKeySchema.optional(),
        }),
      )
      .output(sourceSchema),
    /** Connects to a saved source; `acceptHostKey` as in `save`. */
    test: procedure
      .input(byName.extend({ acceptHostKey: hostKeySchema.optional() }))
      .output(z.object({ database: z.string(), version: z.string() })),
    objects: procedure.input(byName).output(z.array(sourceObjectSchema)),
    /** The columns of an object, in the order of the file; no row is read. */
    columns: procedure.input(lookSchema).output(objectColumnsSchema),
    /**
     * The first rows, exactly as a load would write them. Long values are cut, reading ends after a time limit with
     * SOURCE_SLOW, and nothing of it is kept.
     */
    rows: procedure
      .input(lookSchema.extend({ rows: z.number().int().min(1).max(mostRows).default(usualRows) }))
      .output(objectRowsSchema),
    /** What files are and how they would be read; of a saved source or of one that is not saved yet. */
    previewFiles: procedure
      .input(z.union([byName, z.object({ location: filesLocationSchema })]))
      .output(z.array(filePreviewSchema)),
    /**
     * Connects with this password, then puts it into the keychain: for a source that came without its own. `of` the
     * tunnel it is the passphrase of its key file, or its password, and only the SSH server is logged in to.
     */
    enterPassword: procedure
      .input(
        byName.extend({
          password: z.string().min(1),
          of: z.enum(['database', 'tunnel']).default('database'),
          acceptHostKey: hostKeySchema.optional(),
        }),
      )
      .output(nothing),
    remove: procedure.input(byName).output(nothing),
  },

  pipelines: {
    list: procedure.output(z.array(pipelineSchema)),
    /** `all` takes every object that the source has now. */
    save: procedure
      .input(
        pipelineSchema.omit({ objects: true }).extend({
          objects: z.union([
            z.literal('all'),
            z.array(objectTextSchema).min(1),
            z.array(objectNameSchema).min(1),
          ]),
        }),
      )
      .output(pipelineSchema),
    /** The directories that a load started now would write to. */
    preview: procedure.input(byName).output(previewSchema),
    /** What to paste where, so that it is loaded every day at that time; nothing is changed here. */
    schedule: procedure
      .input(byName.extend({ at: timeOfDaySchema.default(usualTime) }))
      .output(z.object({ schedules: z.array(scheduleSchema) })),
    remove: procedure.input(byName).output(nothing),
  },

  workspace: {
    /** Destinations, sources, pipelines and the external ID as the text of a file, without any secret. */
    export: procedure.output(workspaceExportSchema),
    /** What an import of such a file would change here, with these choices; changes nothing. */
    plan: procedure
      .input(z.object({ text: workspaceTextSchema, choices: workspaceChoicesSchema.optional() }))
      .output(workspacePlanSchema),
    /**
     * Does what the plan of this fingerprint says, all or nothing. Imported destinations are drafts until they are
     * tested. Refused when the plan is not ready, or would be another one by now.
     */
    import: procedure
      .input(
        z.object({
          text: workspaceTextSchema,
          choices: workspaceChoicesSchema.optional(),
          fingerprint: z.string(),
        }),
      )
      .output(workspacePlanSchema),
  },

  practice: {
    /** Sets up practice mode: an S3 on this computer, a sample database, and a pipeline from one to the other. */
    start: procedure.output(z.object({ pipeline: nameSchema })),
    /** Takes everything away again: settings, sample database and what was loaded. */
    remove: procedure.output(nothing),
  },

  jobs: {
    /**
     * Starts a load and returns at once; it goes on whether or not anybody watches. Without `force`, an object
     * whose very content was appended before fails with ALREADY_APPENDED, and nothing of it becomes visible.
     */
    start: procedure
      .input(
        z.object({
          pipeline: nameSchema,
          force: z.boolean().default(false),
          networkTimeout: networkTimeoutSchema.optional(),
        }),
      )
      .output(byJob),
    /**
     * Goes on with an interrupted job: what was being made visible is finished, and other unfinished objects are
     * read again from the start.
     */
    resume: procedure.input(byJob.extend({ networkTimeout: networkTimeoutSchema.optional() })).output(byJob),
    /** Removes what an interrupted job left: its uploads, and files of objects that were not completed. */
    discard: procedure.input(byJob).output(receiptSchema),
    /** What a running job does, from now to its `end`. */
    watch: procedure.input(byJob).output(eventIterator(jobEventSchema)),
    /** Asks a running job to stop; `watch` tells when it has. */
    cancel: procedure.input(byJob).output(nothing),
    estimate: procedure.input(z.object({ pipeline: nameSchema })).output(estimateSchema),
    list: procedure.output(z.array(jobSummarySchema)),
    show: procedure.input(byJob).output(receiptSchema),
    /** The receipt as CSV for spreadsheets: a line per file. */
    receiptCsv: procedure.input(byJob).output(z.object({ csv: z.string() })),
    /** Reads every file back and compares rows, bytes and checksum with the receipt; its signal stops it. */
    verify: procedure.input(byJob).output(eventIterator(verifyEventSchema)),
    /**
     * Removes what an ended job added: exactly its files, as its receipt has them. What is not as the job left it
     * is named and stays. Stopped in the middle, it goes on when it is called again.
     */
    removeData: procedure.input(byJob).output(eventIterator(removalEventSchema)),
  },

  uploads: {
    /** Unfinished uploads under the path prefix of a destination, and what is known of each. */
    list: procedure.input(z.object({ destination: nameSchema })).output(unfinishedUploadsSchema),
    /** Aborts those that ended jobs of this installation left, and no others. */
    sweep: procedure.input(z.object({ destination: nameSchema })).output(sweepSchema),
  },
};

export type Inputs = InferContractRouterInputs<typeof contract>;
export type Outputs = InferContractRouterOutputs<typeof contract>;
/** The contract as its callers hold it: a direct call, a port or HTTP, all alike. */
export type ContractClient = ContractRouterClient<typeof contract>;
