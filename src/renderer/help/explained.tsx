import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useLocation } from 'wouter';
import { partsOf, sectionOf } from '../../shared/help-pages.ts';
import { Document } from './document.tsx';
import { openHelp } from './help-state.ts';
import { useHelpPages } from './pages.ts';
import { errorTopic, helpAddress } from './topics.ts';

/** The entry of a code on the page of errors. */
export default function Explained({ code }: { readonly code: string }) {
  const pages = useHelpPages();
  const [, navigate] = useLocation();
  const [name, anchor] = partsOf(errorTopic(code));
  const page = pages.data?.find((one) => one.name === name);
  if (pages.isPending) return <StatusIndicator type="loading">Reading the pages</StatusIndicator>;
  const [, ...words] = page === undefined ? [] : sectionOf(page, anchor);
  const follow = (target: string): void => {
    // behind a dialog the panel could not be reached
    if (document.querySelector('[role=dialog]') === null) openHelp(target);
    else navigate(helpAddress(target));
  };
  return (
    <div className="help help-page">
      <p>
        <code>{code}</code>
      </p>
      <Document blocks={words} level={3} onGo={follow} />
    </div>
  );
}
