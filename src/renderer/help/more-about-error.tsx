import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import { lazy, Suspense, useState } from 'react';

const Explained = lazy(() => import('./explained.tsx'));

/** Opens where the error stands, since a dialog may lie over everything else. */
export function MoreAboutError({ code }: { readonly code: string | undefined }) {
  const [isOpen, setOpen] = useState(false);
  if (code === undefined || code === 'UNKNOWN') return null;
  return (
    <ExpandableSection
      variant="inline"
      headerText="More about this error"
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen && (
        <Suspense fallback={<Box>…</Box>}>
          <Explained code={code} />
        </Suspense>
      )}
    </ExpandableSection>
  );
}
