import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { SluiceError } from '../../../shared/errors.ts';
import { printPolicy, trustPolicy } from '../../../shared/iam.ts';
import { namedPrincipal } from '../../../shared/iam-principal.ts';
import { CodeBlock } from '../../components/code-block.tsx';

/** The trust policy for an identity that is not signed in here yet. */
export function NamedPrincipal({ externalId }: { readonly externalId: string }) {
  const [arn, setArn] = useState('');
  const { text, problem } = trustFor(arn.trim(), externalId);
  return (
    <SpaceBetween size="xs">
      <FormField
        label="Or name who will sign in"
        description="The ARN of the IAM user or role that Sluice will use on this computer."
        errorText={problem}
      >
        <Input
          value={arn}
          placeholder="arn:aws:iam::123456789012:user/anna"
          spellcheck={false}
          onChange={({ detail }) => setArn(detail.value)}
        />
      </FormField>
      {text !== undefined && (
        <CodeBlock text={text} label="Trust policy" fileName="sluice-trust-policy.json" />
      )}
    </SpaceBetween>
  );
}

/** The document, or what is wrong with the ARN; neither while nothing is typed. */
function trustFor(arn: string, externalId: string): { readonly text?: string; readonly problem?: string } {
  if (arn === '') return {};
  try {
    return { text: printPolicy(trustPolicy({ principal: namedPrincipal(arn), externalId })) };
  } catch (error) {
    if (error instanceof SluiceError) return { problem: `${error.message}.` };
    throw error;
  }
}
