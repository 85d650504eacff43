import Link from '@cloudscape-design/components/link';
import type { WrittenStep } from '../../../shared/documents/written-steps.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { Copyable } from '../../components/copyable.tsx';

/** What to do in the AWS console, one after the other, each with the page to open and the text to paste. */
export function WrittenSteps({ steps }: { readonly steps: readonly WrittenStep[] }) {
  return (
    <ol className="points">
      {steps.map((step) => (
        <li key={step.text}>
          {step.text} {step.link !== undefined && <Page href={step.link} of={step.text} />}
          {step.paste !== undefined && <Paste {...step.paste} />}
        </li>
      ))}
    </ol>
  );
}

const Page = ({ href, of }: { readonly href: string; readonly of: string }) => (
  <Link
    external
    href={href}
    ariaLabel={`Open this page of the AWS console: ${of}`}
    externalIconAriaLabel="Opens in the browser"
  >
    Open this page
  </Link>
);

/** A document has lines; a name is a word. */
function Paste({ what, text }: NonNullable<WrittenStep['paste']>) {
  if (!text.includes('\n')) return <Copyable text={text} label={what} />;
  const label = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  return <CodeBlock text={text} label={label} fileName={`sluice-${what.replaceAll(' ', '-')}.json`} />;
}
