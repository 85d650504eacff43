/** The contract, bound to the use cases. Nothing is decided here. */
import { implement } from '@orpc/server';
import { contract } from '../../shared/contract.ts';
import { receiptCsv } from '../load/receipt-csv.ts';
import { lookAtColumns, lookAtRows } from './browse.ts';
import type { CoreContext } from './context.ts';
import { listDestinations, removeDestination, saveDestination, testDestination } from './destinations.ts';
import { findBucketRegion, identify, listProfiles, trustPolicyFor } from './identity.ts';
import type { Jobs } from './jobs.ts';
import { listPipelines, previewPipeline, removePipeline, savePipeline } from './pipelines.ts';
import { removePractice, startPractice } from './practice.ts';
import { removeData } from './remove-data.ts';
import { schedulePipeline } from './schedule.ts';
import { forgetSetup, readSetup, saveSetup } from './setup.ts';
import { previewFiles } from './source-files.ts';
import { enterPassword, listObjects, listSources, removeSource, saveSource, testSource } from './sources.ts';
import { chooseFile, hostRequests, systemInfo } from './system.ts';
import { readUpdateSettings, saveUpdateSettings, updatesOf, watchUpdates } from './updates.ts';
import { listUploads, sweepUploads } from './uploads.ts';
import { verifyJob } from './verify-job.ts';
import { exportOf, importWorkspace, planOf } from './workspace.ts';

/** The contract as this core carries it out. */
export function createRouter(core: CoreContext, jobs: Jobs) {
  const app = implement(contract);
  /** A caller that cannot cancel has no signal. */
  const until = (signal: AbortSignal | undefined): AbortSignal => signal ?? new AbortController().signal;
  return app.router({
    system: {
      info: app.system.info.handler(() => systemInfo(core)),
      chooseFile: app.system.chooseFile.handler(() => chooseFile(core)),
      requests: app.system.requests.handler(({ signal }) => hostRequests(core, until(signal))),
    },
    updates: {
      watch: app.updates.watch.handler(({ signal }) => watchUpdates(core, until(signal))),
      check: app.updates.check.handler(() => {
        updatesOf(core).check();
        return {};
      }),
      download: app.updates.download.handler(() => {
        updatesOf(core).download();
        return {};
      }),
      stop: app.updates.stop.handler(() => {
        updatesOf(core).stop();
        return {};
      }),
      openPage: app.updates.openPage.handler(() => {
        updatesOf(core).openPage();
        return {};
      }),
      install: app.updates.install.handler(async ({ input }) => {
        await updatesOf(core).install(input.when);
        return {};
      }),
      settings: app.updates.settings.handler(() => readUpdateSettings(core)),
      saveSettings: app.updates.saveSettings.handler(({ input }) => {
        saveUpdateSettings(core, input);
        return {};
      }),
    },
    access: {
      externalId: app.access.externalId.handler(() => ({ externalId: core.settings.read().externalId })),
      whoami: app.access.whoami.handler(({ input, signal }) => identify(input.signer, signal)),
      profiles: app.access.profiles.handler(() => listProfiles()),
      trustPolicy: app.access.trustPolicy.handler(async ({ input }) => ({
        document: await trustPolicyFor(core, input),
      })),
      bucketRegion: app.access.bucketRegion.handler(({ input, signal }) =>
        findBucketRegion(input, until(signal)),
      ),
    },
    setup: {
      read: app.setup.read.handler(() => readSetup(core)),
      save: app.setup.save.handler(({ input }) => {
        saveSetup(core, input);
        return {};
      }),
      forget: app.setup.forget.handler(() => {
        forgetSetup(core);
        return {};
      }),
    },
    destinations: {
      list: app.destinations.list.handler(() => listDestinations(core)),
      save: app.destinations.save.handler(({ input, signal }) => saveDestination(core, input, until(signal))),
      test: app.destinations.test.handler(({ input, signal }) => testDestination(core, input, until(signal))),
      stopWaiting: app.destinations.stopWaiting.handler(({ input }) => {
        core.waitings.stop(input.wait);
        return {};
      }),
      remove: app.destinations.remove.handler(async ({ input }) => {
        await removeDestination(core, input.name);
        return {};
      }),
    },
    sources: {
      list: app.sources.list.handler(() => listSources(core)),
      save: app.sources.save.handler(({ input, signal }) => saveSource(core, input, until(signal))),
      test: app.sources.test.handler(({ input, signal }) => testSource(core, input, until(signal))),
      objects: app.sources.objects.handler(async ({ input, signal }) => [
        ...(await listObjects(core, input.name, until(signal))),
      ]),
      columns: app.sources.columns.handler(({ input, signal }) => lookAtColumns(core, input, until(signal))),
      rows: app.sources.rows.handler(({ input, signal }) => lookAtRows(core, input, until(signal))),
      previewFiles: app.sources.previewFiles.handler(async ({ input, signal }) => [
        ...(await previewFiles(core, input, until(signal))),
      ]),
      enterPassword: app.sources.enterPassword.handler(async ({ input, signal }) => {
        await enterPassword(core, input, until(signal));
        return {};
      }),
      remove: app.sources.remove.handler(async ({ input }) => {
        await removeSource(core, input.name);
        return {};
      }),
    },
    pipelines: {
      list: app.pipelines.list.handler(() => listPipelines(core)),
      save: app.pipelines.save.handler(({ input, signal }) => savePipeline(core, input, until(signal))),
      preview: app.pipelines.preview.handler(({ input }) => previewPipeline(core, input.name)),
      schedule: app.pipelines.schedule.handler(({ input }) => schedulePipeline(core, input)),
      remove: app.pipelines.remove.handler(({ input }) => {
        removePipeline(core, input.name);
        return {};
      }),
    },
    workspace: {
      export: app.workspace.export.handler(() => exportOf(core)),
      plan: app.workspace.plan.handler(({ input }) => planOf(core, input)),
      import: app.workspace.import.handler(({ input }) => importWorkspace(core, input)),
    },
    practice: {
      start: app.practice.start.handler(({ signal }) => startPractice(core, until(signal))),
      remove: app.practice.remove.handler(async () => {
        await removePractice(core);
        return {};
      }),
    },
    jobs: {
      start: app.jobs.start.handler(async ({ input, signal }) => ({
        jobId: await jobs.start(input, until(signal)),
      })),
      resume: app.jobs.resume.handler(async ({ input, signal }) => ({
        jobId: await jobs.resume(input, until(signal)),
      })),
      discard: app.jobs.discard.handler(({ input }) => jobs.discard(input.jobId)),
      watch: app.jobs.watch.handler(({ input, signal }) => jobs.watch(input.jobId, signal)),
      cancel: app.jobs.cancel.handler(({ input }) => {
        jobs.cancel(input.jobId);
        return {};
      }),
      estimate: app.jobs.estimate.handler(({ input, signal }) =>
        jobs.estimate(input.pipeline, until(signal)),
      ),
      list: app.jobs.list.handler(() => jobs.list()),
      show: app.jobs.show.handler(({ input }) => jobs.show(input.jobId)),
      receiptCsv: app.jobs.receiptCsv.handler(({ input }) => ({ csv: receiptCsv(jobs.show(input.jobId)) })),
      verify: app.jobs.verify.handler(({ input, signal }) => verifyJob(core, input.jobId, until(signal))),
      removeData: app.jobs.removeData.handler(({ input, signal }) =>
        removeData(core, input.jobId, until(signal)),
      ),
    },
    uploads: {
      list: app.uploads.list.handler(({ input, signal }) =>
        listUploads(core, input.destination, until(signal)),
      ),
      sweep: app.uploads.sweep.handler(({ input, signal }) =>
        sweepUploads(core, input.destination, until(signal)),
      ),
    },
  });
}

export type Router = ReturnType<typeof createRouter>;
