/** Which part of the documentation belongs to which screen. A test looks whether each place exists. */
export const topics = {
  home: 'getting-started',
  practice: 'getting-started#everything-once-without-an-account',
  destinations: 'access-setup',
  destinationForm: 'access-setup#2-print-the-whole-setup',
  setup: 'access-setup',
  identity: 'access-setup#1-who-are-you',
  bucket: 'access-setup#2-print-the-whole-setup',
  policy: 'security#what-sluice-may-do-in-aws',
  externalId: 'access-setup#the-words',
  role: 'access-setup#2-print-the-whole-setup',
  keys: 'access-setup#role-or-access-keys',
  test: 'access-setup#3-test-and-save',
  missingRight: 'access-setup#when-the-test-fails',
  sources: 'glossary',
  sourceForm: 'troubleshooting#the-source',
  source: 'types',
  files: 'files',
  tunnel: 'ssh-tunnel',
  pipelines: 'glossary',
  pipeline: 'path-rule',
  path: 'path-rule',
  partitionKey: 'path-rule#the-partition-key',
  schedule: 'command-line#sluice-pipeline-schedule',
  jobs: 'recovery-and-proof',
  job: 'recovery-and-proof#the-receipt',
  resume: 'recovery-and-proof#resume-or-discard',
  uploads: 'recovery-and-proof#unfinished-uploads',
  workspace: 'workspace-file',
  about: 'security',
  help: 'README',
} as const;

export type Topic = keyof typeof topics;

/** The place that explains an error. */
export const errorTopic = (code: string): string => `errors#${code.toLowerCase()}`;

/** The address of a place of the documentation, as after the # in the window's own. */
export const helpAddress = (target: string): string =>
  `/help/${target.replace('#', '/')}`.replace('/help/README', '/help');
