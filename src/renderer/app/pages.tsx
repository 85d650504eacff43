/** Which page belongs to which address. */
import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { ChangeDestinationPage } from '../pages/destinations/change-destination-page.tsx';
import { DestinationFormPage } from '../pages/destinations/destination-form-page.tsx';
import { DestinationsPage } from '../pages/destinations/destinations-page.tsx';
import { SetupPage } from '../pages/destinations/setup/setup-page.tsx';
import { HomePage } from '../pages/home/home-page.tsx';
import { JobPage } from '../pages/jobs/job-page.tsx';
import { JobsPage } from '../pages/jobs/jobs-page.tsx';
import { UploadsPage } from '../pages/jobs/uploads/uploads-page.tsx';
import { NewPipelinePage } from '../pages/pipelines/new-pipeline-page.tsx';
import { PipelinePage } from '../pages/pipelines/pipeline-page.tsx';
import { PipelinesPage } from '../pages/pipelines/pipelines-page.tsx';
import { NewSourcePage } from '../pages/sources/new-source-page.tsx';
import { SourcePage } from '../pages/sources/source-page.tsx';
import { SourcesPage } from '../pages/sources/sources-page.tsx';
import { WorkspacePage } from '../pages/workspace/workspace-page.tsx';

const HelpScreen = lazy(() => import('../help/help-page.tsx'));

/** Names in addresses are percent-encoded: they may hold slashes. */
const named = (page: (props: { name: string }) => React.ReactNode) => (params: { name: string }) =>
  page({ name: decodeURIComponent(params.name) });

export function Pages() {
  return (
    <Switch>
      <Route path="/" component={HomePage} />
      <Route path="/destinations" component={DestinationsPage} />
      <Route path="/destinations/new" component={SetupPage} />
      <Route path="/destinations/new/all">{() => <DestinationFormPage />}</Route>
      <Route path="/destinations/named/:name/change">
        {named((props) => (
          <ChangeDestinationPage {...props} />
        ))}
      </Route>
      <Route path="/sources" component={SourcesPage} />
      <Route path="/sources/new" component={NewSourcePage} />
      <Route path="/sources/named/:name">
        {named((props) => (
          <SourcePage {...props} />
        ))}
      </Route>
      <Route path="/pipelines" component={PipelinesPage} />
      <Route path="/pipelines/new" component={NewPipelinePage} />
      <Route path="/pipelines/named/:name">
        {named((props) => (
          <PipelinePage {...props} />
        ))}
      </Route>
      <Route path="/workspace" component={WorkspacePage} />
      <Route path="/jobs" component={JobsPage} />
      <Route path="/jobs/uploads" component={UploadsPage} />
      <Route path="/jobs/:jobId">{({ jobId }) => <JobPage jobId={jobId} />}</Route>
      <Route path="/help/:name?/:anchor?">
        {({ name, anchor }) => (
          <Suspense fallback={null}>
            <HelpScreen name={name} anchor={anchor} />
          </Suspense>
        )}
      </Route>
      <Route>
        <Redirect to="/" />
      </Route>
    </Switch>
  );
}
