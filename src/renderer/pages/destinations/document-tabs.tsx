import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { type ReactNode, useState } from 'react';
import type { SetupPieces } from '../../../shared/documents/setup-pieces.ts';
import { setupScript } from '../../../shared/documents/setup-script.ts';
import { deployCommand, setupTemplate } from '../../../shared/documents/setup-template.ts';
import type { WrittenStep } from '../../../shared/documents/written-steps.ts';
import { type PolicyDocument, printPolicy } from '../../../shared/iam.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { WrittenSteps } from './written-steps.tsx';

type Way = 'console' | 'json' | 'cli' | 'cloudformation';

interface DocumentTabsProps {
  /** What it is, e.g. `Permissions policy`. */
  readonly name: string;
  /** The name of its files, without an ending. */
  readonly file: string;
  /** By hand, in the AWS console. */
  readonly steps: readonly WrittenStep[];
  /** The document itself; a user has none. */
  readonly document?: PolicyDocument;
  /** What the script and the template make; absent while not all of it is known. */
  readonly pieces: SetupPieces | undefined;
  /** What the script does, and with what it ends. */
  readonly script: string;
  /** What the template makes. */
  readonly template: string;
  readonly region: string;
}

/** Whoever works with one way for the first document does so for the second. */
let lastWay: Way = 'console';

/** One thing to make in AWS, in every way in which that can be done; each text to copy or to save as a file. */
export function DocumentTabs(props: DocumentTabsProps) {
  const { name, file, steps, document, pieces, script, template, region } = props;
  const [way, setWay] = useState(lastWay);
  const tabs = [
    { id: 'console', label: 'AWS console', content: <WrittenSteps steps={steps} /> },
    document !== undefined && {
      id: 'json',
      label: 'JSON',
      content: <CodeBlock text={printPolicy(document)} label={name} fileName={`${file}.json`} />,
    },
    pieces !== undefined && {
      id: 'cli',
      label: 'AWS CLI',
      content: (
        <Explained how={script}>
          <CodeBlock text={setupScript(pieces)} label={`${name} as a script`} fileName={`${file}.sh`} />
        </Explained>
      ),
    },
    pieces !== undefined && {
      id: 'cloudformation',
      label: 'CloudFormation',
      content: (
        <Explained how={template}>
          <CodeBlock
            text={deployCommand(pieces, `${file}.template.json`, region)}
            label={`${name}: command that deploys the template`}
          />
          <CodeBlock
            text={setupTemplate(pieces)}
            label={`${name} as a CloudFormation template`}
            fileName={`${file}.template.json`}
          />
        </Explained>
      ),
    },
  ].filter((tab) => tab !== false);
  return (
    <Tabs
      ariaLabel={`Ways to make the ${name.toLowerCase()}`}
      activeTabId={tabs.some(({ id }) => id === way) ? way : 'console'}
      onChange={({ detail }) => {
        lastWay = detail.activeTabId as Way;
        setWay(lastWay);
      }}
      tabs={tabs}
    />
  );
}

const Explained = ({ how, children }: { readonly how: string; readonly children: ReactNode }) => (
  <SpaceBetween size="xs">
    <Box variant="p" padding="n" color="text-body-secondary">
      {how}
    </Box>
    {children}
  </SpaceBetween>
);
