/** What stands in the way of an import: the rules under which a pipeline may be saved, for all of them at once. */
import { SluiceError } from '../../shared/errors.ts';
import type { ErrorInfo, Settings } from '../../shared/model.ts';
import type { WorkspacePlanItem } from '../../shared/workspace.ts';
import { allCollisions, assemble, labelOf, placeObject } from './pipelines.ts';

/** Any moment and any job will do: every path of a pipeline has the same length. */
const sample = { at: new Date(0), jobId: '00000000-0000-4000-8000-000000000000' };

/** Looks at the pipelines that come, and at those here whose source or destination becomes another one. */
export function problemsOf(next: Settings, items: readonly WorkspacePlanItem[]): ErrorInfo[] {
  const changed = (kind: WorkspacePlanItem['kind']): Set<string> =>
    new Set(
      items
        .filter((item) => item.kind === kind && ['add', 'theirs', 'rename'].includes(item.action))
        .map((item) => item.savedAs),
    );
  const [destinations, sources, pipelines] = [changed('destination'), changed('source'), changed('pipeline')];
  const touched = next.pipelines.filter(
    ({ name, source, destination }) =>
      pipelines.has(name) || sources.has(source) || destinations.has(destination),
  );
  const problems: ErrorInfo[] = [];
  for (const pipeline of touched) {
    const assembly = assemble(next, pipeline.name);
    const problem = pipeline.objects
      .map((object) => problemIn(() => placeObject(assembly, object, sample)))
      .find((found) => found !== undefined);
    if (problem !== undefined) problems.push(inPipeline(pipeline.name, problem));
  }
  // What is not legible as a path cannot be compared with others.
  if (problems.length > 0) return problems;
  const labels = new Set(
    touched.flatMap((pipeline) => pipeline.objects.map((object) => labelOf(pipeline, object))),
  );
  for (const { path, objects } of allCollisions(next)) {
    if (!objects.some((label) => labels.has(label))) continue;
    const names = objects.join(' and ');
    const error = new SluiceError('PATH_COLLISION', `${names} would write to one directory, ${path}`, {
      fix: 'Keep mine for one of the two, or change its destination prefix here or where the file comes from.',
      details: { path, objects },
    });
    problems.push(infoOf(error));
  }
  return problems;
}

const inPipeline = (name: string, info: ErrorInfo): ErrorInfo => ({
  ...info,
  message: `The pipeline "${name}": ${info.message}`,
});

const infoOf = ({ code, message, fix, details }: SluiceError): ErrorInfo => ({ code, message, fix, details });

function problemIn(check: () => unknown): ErrorInfo | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof SluiceError) return infoOf(error);
    throw error;
  }
}
