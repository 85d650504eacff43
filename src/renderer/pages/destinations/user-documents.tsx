import SpaceBetween from '@cloudscape-design/components/space-between';
import { AdministratorRequest } from './administrator-request.tsx';
import type { DestinationForm } from './destination-form.ts';
import { DocumentTabs } from './document-tabs.tsx';
import { piecesOf, setupPlan, stepsFor } from './setup-plan.ts';

/** The IAM user with its access key in every way to make it. */
export function UserDocuments({ form }: { readonly form: DestinationForm }) {
  const plan = setupPlan(form);
  const pieces = piecesOf(plan, 'user');
  return (
    <SpaceBetween size="s">
      <DocumentTabs
        name="User"
        file="sluice-user"
        steps={[...stepsFor(plan, 'user'), ...stepsFor(plan, 'access-key')]}
        pieces={pieces}
        script="Makes the user, and the policy where it is not there yet, and prints a new access key. Run it as “bash sluice-user.sh > key.csv”, then choose that file below."
        template="Makes the policy and the user together, but no access key, which a stack would show to everybody: make that in the console afterwards."
        region={plan.place.region}
      />
      {pieces !== undefined && <AdministratorRequest pieces={pieces} place={plan.place} />}
    </SpaceBetween>
  );
}
