import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { DestinationForm } from './destination-form.ts';
import { setupPlan, stepsFor } from './setup-plan.ts';
import { WrittenSteps } from './written-steps.tsx';

/** For whoever has no bucket yet. */
export const CreateBucket = ({ form }: { readonly form: DestinationForm }) => (
  <ExpandableSection headerText="No bucket yet? Create one in the AWS console">
    <WrittenSteps steps={stepsFor(setupPlan(form), 'bucket')} />
  </ExpandableSection>
);
