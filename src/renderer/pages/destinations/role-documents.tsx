import type { PolicyDocument } from '../../../shared/iam.ts';
import { AdministratorRequest } from './administrator-request.tsx';
import type { DestinationForm } from './destination-form.ts';
import { DocumentTabs } from './document-tabs.tsx';
import { piecesOf, setupPlan, stepsFor } from './setup-plan.ts';

interface RoleDocumentsProps {
  readonly form: DestinationForm;
  readonly trust: PolicyDocument;
}

/** The role in every way to make it, and for whoever may not. */
export function RoleDocuments({ form, trust }: RoleDocumentsProps) {
  const plan = setupPlan(form);
  const pieces = piecesOf(plan, { trust });
  return (
    <>
      <DocumentTabs
        name="Trust policy"
        file="sluice-role"
        steps={stepsFor(plan, 'role', trust)}
        document={trust}
        pieces={pieces}
        script="Makes the role, and the policy where it is not there yet, and prints the ARN of the role. Run it in bash, or paste it into AWS CloudShell."
        template="Makes the policy and the role together: the stack that made the policy gets the role, too. A policy that was made in another way has to be deleted before."
        region={plan.place.region}
      />
      {pieces !== undefined && <AdministratorRequest pieces={pieces} place={plan.place} />}
    </>
  );
}
