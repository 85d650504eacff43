import Container from '@cloudscape-design/components/container';
import { useLocation } from 'wouter';
import { contentsPage } from '../../shared/help-pages.ts';
import { Page } from '../components/page.tsx';
import { HelpBrowser } from './help-browser.tsx';
import { useHelpPages } from './pages.ts';
import { helpAddress } from './topics.ts';

interface HelpScreenProps {
  readonly name?: string | undefined;
  readonly anchor?: string | undefined;
}

/** The documentation with the whole width of the window. */
export default function HelpScreen({ name = contentsPage, anchor }: HelpScreenProps) {
  const [, navigate] = useLocation();
  const { data = [] } = useHelpPages();
  const at = anchor === undefined ? name : `${name}#${anchor}`;
  return (
    <Page title={data.find((page) => page.name === name)?.title ?? 'Help'} help="help">
      <Container>
        <HelpBrowser at={at} asked={0} level={1} onGo={(target) => navigate(helpAddress(target))} />
      </Container>
    </Page>
  );
}
