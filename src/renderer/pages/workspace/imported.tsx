import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { WorkspaceKind, WorkspacePlan } from '../../../shared/workspace.ts';
import { NamedList } from './named-list.tsx';
import { isChange, noteWords, planSentence } from './plan-words.ts';

interface ImportedProps {
  readonly plan: WorkspacePlan;
  readonly onClose: () => void;
}

/** What was done, and what is left to do by hand. */
export function Imported({ plan, onClose }: ImportedProps) {
  return (
    <SpaceBetween size="m">
      <Alert type="success" header="Imported" action={<Button onClick={onClose}>Import another file</Button>}>
        {planSentence(plan.items)}
      </Alert>
      <NeededSecrets plan={plan} title="Enter these now" linked />
      {plan.notes.length > 0 && (
        <ul className="points">
          {plan.notes.map((note) => (
            <li key={note}>{noteWords(note)}</li>
          ))}
        </ul>
      )}
      {plan.items.some((item) => item.kind === 'destination' && isChange(item)) && (
        <Link href="#/destinations">Test the destinations</Link>
      )}
    </SpaceBetween>
  );
}

interface NeededSecretsProps {
  readonly plan: WorkspacePlan;
  readonly title: string;
  /** With a way to the page where it is entered. */
  readonly linked?: boolean;
}

/** The secrets that no file holds. */
export function NeededSecrets({ plan, title, linked = false }: NeededSecretsProps) {
  const items = plan.items
    .filter((item) => item.needsSecret && isChange(item))
    .map(({ kind, savedAs }) => ({ kind, name: savedAs }));
  return (
    <NamedList
      items={items}
      title={title}
      after={({ kind, name }) => (
        <>
          {kind === 'destination' ? ', its secret access key. ' : ', its password. '}
          {linked && (
            <Link href={addressOf(kind, name)} ariaLabel={`Enter the secret of ${name}`}>
              Enter it
            </Link>
          )}
        </>
      )}
    />
  );
}

const addressOf = (kind: WorkspaceKind, name: string): string =>
  kind === 'destination'
    ? `#/destinations/named/${encodeURIComponent(name)}/change`
    : `#/sources/named/${encodeURIComponent(name)}`;
