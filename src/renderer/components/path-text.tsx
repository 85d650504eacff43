import Box from '@cloudscape-design/components/box';
import { Fragment } from 'react';

/** A path or key in fixed width that wraps after its slashes. */
export function PathText({ path, large = false }: { readonly path: string; readonly large?: boolean }) {
  return (
    <Box variant="code" {...(large ? { fontSize: 'heading-m' as const } : {})}>
      <span className="path-text">
        {[...path.matchAll(/[^/]+\/?|\//g)].map(({ 0: piece, index }) => (
          <Fragment key={index}>
            {piece}
            <wbr />
          </Fragment>
        ))}
      </span>
    </Box>
  );
}
