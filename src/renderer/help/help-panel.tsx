import HelpPanel from '@cloudscape-design/components/help-panel';
import { partsOf } from '../../shared/help-pages.ts';
import { HelpBrowser } from './help-browser.tsx';
import { openHelp, useHelp } from './help-state.ts';
import { useHelpPages } from './pages.ts';

/** The documentation beside the work: nothing that was entered is lost by looking something up. */
export default function Panel() {
  const { at, asked } = useHelp();
  const { data = [] } = useHelpPages();
  const [name] = partsOf(at);
  const title = data.find((page) => page.name === name)?.title ?? 'Help';
  return (
    <HelpPanel header={<h2>{title}</h2>}>
      <HelpBrowser at={at} asked={asked} level={2} onGo={openHelp} />
    </HelpPanel>
  );
}
