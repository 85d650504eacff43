import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { TextField } from '../../components/text-field.tsx';
import type { FieldsProps } from './access-fields.tsx';
import { DocumentTabs } from './document-tabs.tsx';
import { piecesOf, policyMissing, setupPlan, stepsFor } from './setup-plan.ts';

/** What Sluice may do in the bucket: the switches, and the document that they make. */
export function PermissionsPolicy({ fields }: FieldsProps) {
  const plan = setupPlan(fields.values);
  return (
    <SpaceBetween size="m">
      <Switches fields={fields} />
      {plan.policy === undefined ? (
        <Box variant="p" color="text-body-secondary" padding="n">
          {policyMissing(fields.values)}
        </Box>
      ) : (
        <DocumentTabs
          name="Permissions policy"
          file="sluice-permissions-policy"
          steps={stepsFor(plan, 'policy')}
          document={plan.policy}
          pieces={piecesOf(plan, undefined)}
          script="Makes the policy. Run it in bash, or paste it into AWS CloudShell. The next script makes the policy too, where it is not there yet."
          template="For CloudFormation, which makes things in AWS from a file: save the template, then run the command beside it."
          region={plan.place.region}
        />
      )}
    </SpaceBetween>
  );
}

function Switches({ fields }: FieldsProps) {
  const { values, set } = fields;
  const { pathPrefix, scope, withAbort, kmsKey } = values;
  const noPrefix = pathPrefix.trim() === '';
  const [encrypted, setEncrypted] = useState(kmsKey !== '');
  return (
    <SpaceBetween size="s">
      <Toggle
        checked={scope === 'prefix' && !noPrefix}
        disabled={noPrefix}
        onChange={({ detail }) => set('scope', detail.checked ? 'prefix' : 'bucket')}
        description={
          noPrefix
            ? 'Without a path prefix there is nothing to narrow it to.'
            : 'Nothing else in the bucket can be read, written or deleted.'
        }
      >
        Only below the path prefix
      </Toggle>
      <Toggle
        checked={withAbort}
        onChange={({ detail }) => set('withAbort', detail.checked)}
        description="Lets Sluice clear away the unfinished uploads of a failed load, which AWS would charge for. Without it, loads work, and what they leave stays until somebody removes it."
      >
        Clear away unfinished uploads
      </Toggle>
      <Toggle
        checked={encrypted}
        onChange={({ detail }) => {
          setEncrypted(detail.checked);
          if (!detail.checked) set('kmsKey', '');
        }}
        description="Only where the bucket is encrypted with a KMS key of your own. The policy then allows its use, and the policy of the key must do so, too."
      >
        The bucket has a KMS key
      </Toggle>
      {encrypted && (
        <TextField
          label="ARN of the KMS key"
          placeholder="arn:aws:kms:eu-west-1:123456789012:key/…"
          constraint="KMS shows it on the page of the key. It is used for the policy only."
          {...fields.text('kmsKey')}
        />
      )}
    </SpaceBetween>
  );
}
