import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { Check, Remedy } from '../../../shared/model.ts';
import { screenFix } from '../../app/failure.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { HelpLink } from '../../help/help-link.tsx';
import { MoreAboutError } from '../../help/more-about-error.tsx';
import { titleOf } from './check-rows.ts';

/** True where there is more to say than the verdict. */
export const hasDetails = ({ cause, fix, statement, remedies = [] }: Check): boolean =>
  cause !== undefined || fix !== undefined || statement !== undefined || remedies.length > 0;

interface CheckDetailsProps {
  readonly check: Check;
  /** The button that goes on from here. */
  readonly retry: ReactNode;
}

/** Why a check ended as it did, what to do, and everything that can be copied for it. */
export function CheckDetails({ check, retry }: CheckDetailsProps) {
  const { verdict, cause, fix, statement, code, remedies = [] } = check;
  const title = titleOf(check.check);
  return (
    <div className="check-words">
      <SpaceBetween size="xs">
        {cause !== undefined && (
          <Box variant="p" padding="n" color={verdict === 'failed' ? 'inherit' : 'text-body-secondary'}>
            {sentence(cause)}
          </Box>
        )}
        {fix !== undefined && (
          <Box variant="p" padding="n">
            <strong>What to do:</strong> {sentence(screenFix(code, fix))}{' '}
            {verdict === 'failed' && <HelpLink topic="missingRight" of={title} />}
          </Box>
        )}
        {statement !== undefined && (
          <CodeBlock text={statement} label={`Text to paste in the IAM console: ${title}`} />
        )}
        {remedies.map((remedy) => (
          <CopyRemedy key={remedy.label} remedy={remedy} of={title} />
        ))}
        {verdict === 'failed' && <MoreAboutError code={code} />}
        {retry}
      </SpaceBetween>
    </div>
  );
}

interface CopyRemedyProps {
  readonly remedy: Remedy;
  /** The title of the check: two checks may have the same remedy. */
  readonly of: string;
}

function CopyRemedy({ remedy: { label, text }, of }: CopyRemedyProps) {
  return (
    <div>
      <Box variant="p" padding={{ bottom: 'xxs' }}>
        {sentence(label)}
      </Box>
      <CodeBlock text={text} label={`${label}: ${of}`} />
    </div>
  );
}

const sentence = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);
