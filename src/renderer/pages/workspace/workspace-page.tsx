import { Page } from '../../components/page.tsx';
import { ExportPanel } from './export-panel.tsx';
import { ImportPanel } from './import-panel.tsx';

/** What is set up here as a file for others, and what others have set up. */
export function WorkspacePage() {
  return (
    <Page
      help="workspace"
      title="Workspace"
      description="All destinations, sources and pipelines as one file, for your team or another computer. It never holds a password or a secret key."
    >
      <ExportPanel />
      <ImportPanel />
    </Page>
  );
}
