import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { client, refresh } from '../../app/api.ts';
import { flash } from '../../app/flash.ts';
import { FailureAlert } from '../../components/failure-alert.tsx';
import { keyOf } from '../../components/objects/tree-rows.ts';
import { useSourceObjects } from '../../components/objects/use-source-objects.ts';
import { DirectoryFields } from './directory-fields.tsx';
import { type Draft, emptyDraft, nameProblem, type Problems, problemsOf } from './draft.ts';
import { EndFields } from './end-fields.tsx';
import type { Saved } from './live-preview.ts';
import { ObjectPicker } from './object-picker.tsx';

export function PipelineForm({ saved }: { readonly saved: Saved }) {
  const [, navigate] = useLocation();
  const [draft, setDraft] = useState<Draft>(() => startOf(saved));
  const [attempts, setAttempts] = useState(0);
  const form = useFirstProblem(attempts);
  const { data: available } = useSourceObjects(draft.source);
  const objects = useMemo(
    () => (available ?? []).filter((object) => draft.objects.has(keyOf(object))),
    [available, draft.objects],
  );
  const problems = shownProblems(draft, saved, attempts > 0);
  const save = useMutation({
    mutationFn: () =>
      client.pipelines.save({
        ...draft,
        name: draft.name.trim(),
        objects: objects.map(({ schema, name }) => ({ schema, name })),
      }),
    async onSuccess({ name }) {
      flash(`The pipeline "${name}" is saved.`);
      await refresh();
      navigate(`/pipelines/named/${encodeURIComponent(name)}`);
    },
  });
  const change = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes });
  const submit = () => {
    setAttempts(attempts + 1);
    const complete = Object.keys(problemsOf(draft, saved.pipelines)).length === 0;
    if (complete && !save.isPending) save.mutate();
  };
  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" href="#/pipelines">
              Cancel
            </Button>
            <Button variant="primary" loading={save.isPending}>
              Save pipeline
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <EndFields draft={draft} saved={saved} problems={problems} onChange={change} />
          <ObjectPicker
            source={draft.source}
            chosen={draft.objects}
            error={problems.objects}
            onChange={(chosen) => change({ objects: chosen })}
          />
          <DirectoryFields
            draft={draft}
            objects={objects}
            saved={saved}
            problems={problems}
            onChange={change}
          />
          <FailureAlert error={save.error} header="The pipeline is not saved" />
        </SpaceBetween>
      </Form>
    </form>
  );
}

/** Where there is only one source or destination, nobody needs to choose it. */
function startOf({ sources, destinations }: Saved): Draft {
  const [source, ...otherSources] = sources;
  const [destination, ...otherDestinations] = destinations;
  return {
    ...emptyDraft,
    source: otherSources.length === 0 ? (source?.name ?? '') : '',
    destination: otherDestinations.length === 0 ? (destination?.name ?? '') : '',
  };
}

/** Nobody is told that a field is empty before trying to save; what was typed wrong shows at once. */
function shownProblems(draft: Draft, { pipelines }: Saved, tried: boolean): Problems {
  if (tried) return problemsOf(draft, pipelines);
  const name = draft.name === '' ? undefined : nameProblem(draft.name, pipelines);
  return name === undefined ? {} : { name };
}

/** After a vain attempt the caret goes to the first field that stopped it. */
function useFirstProblem(attempts: number) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (attempts > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempts]);
  return form;
}
