import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { administratorRequest } from '../../../shared/documents/administrator-request.ts';
import type { SetupPieces } from '../../../shared/documents/setup-pieces.ts';
import type { SetupPlace } from '../../../shared/documents/written-steps.ts';
import { CodeBlock } from '../../components/code-block.tsx';

interface AdministratorRequestProps {
  readonly pieces: SetupPieces;
  readonly place: SetupPlace;
}

/** For whoever may not change IAM: a letter to somebody who may. */
export const AdministratorRequest = ({ pieces, place }: AdministratorRequestProps) => (
  <ExpandableSection headerText="Not allowed to do this? Ask your administrator">
    <CodeBlock
      text={administratorRequest(pieces, place)}
      label="Request for your administrator"
      fileName="sluice-request.txt"
    />
  </ExpandableSection>
);
