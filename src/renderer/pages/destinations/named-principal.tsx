import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { SluiceError } from '../../../shared/errors.ts';
import { type PolicyDocument, trustPolicy } from '../../../shared/iam.ts';
import { namedPrincipal } from '../../../shared/iam-principal.ts';
import type { DestinationForm } from './destination-form.ts';
import { RoleDocuments } from './role-documents.tsx';

interface NamedPrincipalProps {
  readonly form: DestinationForm;
  readonly externalId: string;
}

/** The trust policy for an identity that is not signed in here yet. */
export function NamedPrincipal({ form, externalId }: NamedPrincipalProps) {
  const [arn, setArn] = useState('');
  const { document, problem } = trustFor(arn.trim(), externalId);
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
      {document !== undefined && <RoleDocuments form={form} trust={document} />}
    </SpaceBetween>
  );
}

/** The document, or what is wrong with the ARN; neither while nothing is typed. */
function trustFor(
  arn: string,
  externalId: string,
): { readonly document?: PolicyDocument; readonly problem?: string } {
  if (arn === '') return {};
  try {
    return { document: trustPolicy({ principal: namedPrincipal(arn), externalId }) };
  } catch (error) {
    if (error instanceof SluiceError) return { problem: `${error.message}.` };
    throw error;
  }
}
