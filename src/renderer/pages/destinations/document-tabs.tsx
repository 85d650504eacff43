import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { type DocumentKind, pieceOf } from '../../../shared/documents/setup-pieces.ts';
import { setupScript } from '../../../shared/documents/setup-script.ts';
import { setupTemplate } from '../../../shared/documents/setup-template.ts';
import { type PolicyDocument, printPolicy } from '../../../shared/iam.ts';
import { CodeBlock } from '../../components/code-block.tsx';

interface DocumentTabsProps {
  readonly kind: DocumentKind;
  readonly document: PolicyDocument;
}

const names: Readonly<Record<DocumentKind, string>> = {
  permissions: 'Permissions policy',
  trust: 'Trust policy',
};

/** One document in the three forms in which it can be put into an account; each to copy, or to save as a file. */
export function DocumentTabs({ kind, document }: DocumentTabsProps) {
  const name = names[kind];
  const piece = pieceOf(kind, document);
  const file = `sluice-${kind}-policy`;
  return (
    <Tabs
      ariaLabel={`Forms of the ${name.toLowerCase()}`}
      tabs={[
        {
          id: 'json',
          label: 'JSON',
          content: <CodeBlock text={printPolicy(document)} label={name} fileName={`${file}.json`} />,
        },
        {
          id: 'cli',
          label: 'AWS CLI',
          content: (
            <Form how={howByScript[kind]}>
              <CodeBlock text={setupScript(piece)} label={`${name} as a script`} fileName={`${file}.sh`} />
            </Form>
          ),
        },
        {
          id: 'cloudformation',
          label: 'CloudFormation',
          content: (
            <Form how={howByTemplate[kind]}>
              <CodeBlock
                text={setupTemplate(piece)}
                label={`${name} as a CloudFormation template`}
                fileName={`${file}.template.json`}
              />
            </Form>
          ),
        },
      ]}
    />
  );
}

const howByScript: Readonly<Record<DocumentKind, string>> = {
  permissions:
    'Run it in bash, or paste it into AWS CloudShell. It makes the policy and prints its ARN, which the script of the role takes.',
  trust:
    'Run it in bash with the ARN of the permissions policy behind its name. It makes the role, or changes the trust policy of the role “sluice”, and prints its ARN.',
};

const howByTemplate: Readonly<Record<DocumentKind, string>> = {
  permissions:
    'For CloudFormation, which makes things in AWS from a file. Save it, choose Create stack there and upload it.',
  trust:
    'Save it, choose Create stack in CloudFormation and upload it. It asks for the ARN of the permissions policy, and its outputs name the role.',
};

function Form({ how, children }: { readonly how: string; readonly children: React.ReactNode }) {
  return (
    <SpaceBetween size="xs">
      <Box variant="p" padding="n" color="text-body-secondary">
        {how}
      </Box>
      {children}
    </SpaceBetween>
  );
}
