import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { ExternalId } from '../access-fields.tsx';

/** Shown once, to be understood; the next step has it in the trust policy. */
export function StepExternalId() {
  return (
    <Container>
      <SpaceBetween size="l">
        <ExternalId />
        <Box variant="p" padding="n">
          There is nothing to do here: the trust policy of the next step holds it already. The test at the end
          also tries the role without it and with a wrong one, and saves nothing if AWS lets either pass.
        </Box>
      </SpaceBetween>
    </Container>
  );
}
