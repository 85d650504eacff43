import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { WorkspacePlan } from '../../../shared/workspace.ts';
import { Copyable } from '../../components/copyable.tsx';
import { asSentence } from '../../components/format.ts';

/** What becomes of the external ID; nothing where both are the same. */
export function ExternalIdChange({ change }: { readonly change: WorkspacePlan['externalId'] }) {
  const { action, here, file, reason, roles } = change;
  if (action === 'same') return null;
  if (action === 'take') {
    return (
      <Alert type="info" header="This installation takes over the external ID of the file">
        <Box variant="p" padding="n">
          No role knows the present one yet, so nothing breaks. The roles of the file work here, too.
        </Box>
        <Copyable text={file} label="external ID of the file" />
        <Box variant="small">Until now: {here}</Box>
      </Alert>
    );
  }
  return (
    <Alert type="warning" header="The external ID of this installation stays">
      <SpaceBetween size="xs">
        {reason !== null && (
          <Box variant="p" padding="n">
            {asSentence(reason)}
          </Box>
        )}
        {roles.map((role) => (
          <Copyable key={role} text={role} label="role" />
        ))}
      </SpaceBetween>
    </Alert>
  );
}
