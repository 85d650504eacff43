/**
 * The setup in the AWS console, step by step, for somebody who has never opened it: what to choose, where that is,
 * and what to paste. Words in quotes are those of the console.
 */
import { type PolicyDocument, printPolicy } from '../iam.ts';
import { regionNamed } from '../regions.ts';
import { type ConsoleLinks, consoleLinks } from './console.ts';
import type { SetupPieces } from './setup-pieces.ts';
import { deployCommand, setupTemplate } from './setup-template.ts';

export interface WrittenStep {
  readonly text: string;
  /** Opens the page of the console where this step is done. */
  readonly link?: string;
  /** What is pasted or typed at this step. */
  readonly paste?: { readonly what: string; readonly text: string };
}

export type StepGroupId = 'bucket' | 'policy' | 'role' | 'user' | 'access-key' | 'cloudformation';

export interface StepGroup {
  readonly id: StepGroupId;
  readonly title: string;
  readonly steps: readonly WrittenStep[];
}

/** Where it is done. */
export interface SetupPlace {
  readonly bucket: string;
  /** aws, aws-cn, aws-us-gov, aws-eusc… */
  readonly partition: string;
  /** '' where it is not known yet. */
  readonly region: string;
}

/** As {@link SetupPieces}, where a document may be shown elsewhere, or not be known yet. */
export interface StepPieces {
  readonly policy?: NamedPiece | undefined;
  readonly role?: NamedPiece | undefined;
  readonly user?: { readonly name: string } | undefined;
}

interface NamedPiece {
  readonly name: string;
  readonly document?: PolicyDocument | undefined;
}

/** By hand: the bucket, the policy, then the role or the user and its access key, as far as `pieces` has them. */
export function writtenSteps(pieces: StepPieces, place: SetupPlace): StepGroup[] {
  const links = consoleLinks(place.partition, place.region);
  const { policy, role, user } = pieces;
  return [
    bucketSteps(place, links),
    ...(policy === undefined ? [] : [policySteps(policy, links)]),
    ...(role === undefined ? [] : [roleSteps(role, policy?.name, links)]),
    ...(user === undefined
      ? []
      : [userSteps(user.name, policy?.name, links), accessKeySteps(user.name, links)]),
  ];
}

/** Instead of policy, role and user by hand: all of them from one file. */
export function templateSteps(pieces: SetupPieces, place: SetupPlace): StepGroup[] {
  const links = consoleLinks(place.partition, place.region);
  const { role, user } = pieces;
  const file = 'sluice.template.json';
  return [
    bucketSteps(place, links),
    {
      id: 'cloudformation',
      title: 'From a template, with CloudFormation',
      steps: [
        {
          text: `Save the template as a file, e.g. ${file}.`,
          paste: { what: 'template', text: setupTemplate(pieces) },
        },
        {
          text: 'Open CloudFormation, which makes things in AWS from a file. Choose "Upload a template file", then the file. Choose "Next".',
          ...link(links?.createStack),
        },
        { text: 'Give the stack a name, e.g. sluice. Choose "Next" until the last page.' },
        {
          text: 'Check "I acknowledge that AWS CloudFormation might create IAM resources with custom names". Choose "Submit".',
        },
        {
          text:
            role === undefined
              ? 'Wait for CREATE_COMPLETE.'
              : 'Wait for CREATE_COMPLETE. Open "Outputs" and copy RoleArn; Sluice asks for it.',
        },
        {
          text: 'Or, instead of all that, one command:',
          paste: { what: 'command', text: deployCommand(pieces, file, place.region) },
        },
      ],
    },
    ...(user === undefined ? [] : [accessKeySteps(user.name, links)]),
  ];
}

const link = (url: string | undefined): { readonly link?: string } =>
  url === undefined ? {} : { link: url };

function bucketSteps({ bucket, region }: SetupPlace, links: ConsoleLinks | undefined): StepGroup {
  const named = regionNamed(region);
  const where =
    named === undefined ? '' : ` At the top right, choose the region ${named.name} (${named.id}).`;
  return {
    id: 'bucket',
    title: 'The bucket',
    steps: [
      {
        text: `If you have the bucket already, go on with the next part. Else open S3, then "Create bucket".${where}`,
        ...link(links?.createBucket),
      },
      {
        text: 'Leave the type at "General purpose". Enter the name of the bucket.',
        ...(bucket === '' ? {} : { paste: { what: 'bucket name', text: bucket } }),
      },
      {
        text: 'Leave everything else as it is: nobody else can see the bucket then. Choose "Create bucket".',
      },
    ],
  };
}

function policySteps({ name, document }: NamedPiece, links: ConsoleLinks | undefined): StepGroup {
  return {
    id: 'policy',
    title: 'The permissions policy',
    steps: [
      {
        text: 'Open IAM, the part of AWS that says who may do what. Choose "Policies", then "Create policy".',
        ...link(links?.createPolicy),
      },
      {
        text: 'Choose "JSON". Paste the permissions policy in place of what stands there. Choose "Next".',
        ...pasteDocument('permissions policy', document),
      },
      {
        text: 'Enter the policy name. Choose "Create policy".',
        paste: { what: 'policy name', text: name },
      },
    ],
  };
}

function roleSteps(
  { name, document }: NamedPiece,
  policy: string | undefined,
  links: ConsoleLinks | undefined,
): StepGroup {
  return {
    id: 'role',
    title: 'The role',
    steps: [
      { text: 'In IAM, choose "Roles", then "Create role".', ...link(links?.createRole) },
      {
        text: 'Choose "Custom trust policy". Paste the trust policy in place of what stands there. Choose "Next".',
        ...pasteDocument('trust policy', document),
      },
      {
        text: 'Search for the permissions policy and check the box beside it. Choose "Next".',
        ...pasteName('policy name', policy),
      },
      {
        text: 'Enter the role name, and a description if you like. Choose "Create role".',
        paste: { what: 'role name', text: name },
      },
      {
        text: 'Open the role and copy its ARN, which begins with arn:. Sluice asks for it.',
        ...link(links?.roles),
      },
    ],
  };
}

function userSteps(name: string, policy: string | undefined, links: ConsoleLinks | undefined): StepGroup {
  return {
    id: 'user',
    title: 'The user',
    steps: [
      {
        text: 'In IAM, choose "Users", then "Create user". Enter the user name; leave access to the console off. Choose "Next".',
        ...link(links?.createUser),
        paste: { what: 'user name', text: name },
      },
      {
        text: 'Choose "Attach policies directly". Search for the permissions policy and check the box beside it. Choose "Next".',
        ...pasteName('policy name', policy),
      },
      { text: 'Choose "Create user".' },
    ],
  };
}

function accessKeySteps(name: string, links: ConsoleLinks | undefined): StepGroup {
  return {
    id: 'access-key',
    title: 'Its access key',
    steps: [
      {
        text: 'In IAM, choose "Users" and open the user. Choose "Create access key".',
        ...link(links?.users),
        paste: { what: 'user name', text: name },
      },
      {
        text: 'Choose "Command Line Interface (CLI)", check the confirmation below, and choose "Next".',
      },
      {
        text: 'Enter a description if you like. Choose "Create access key".',
        paste: { what: 'description', text: 'Sluice' },
      },
      {
        text: 'Choose "Download .csv file", or copy both parts into Sluice. AWS shows the secret access key only this once.',
      },
    ],
  };
}

const pasteDocument = (what: string, document: PolicyDocument | undefined): Pick<WrittenStep, 'paste'> =>
  document === undefined ? {} : { paste: { what, text: printPolicy(document) } };

const pasteName = (what: string, name: string | undefined): Pick<WrittenStep, 'paste'> =>
  name === undefined ? {} : { paste: { what, text: name } };
