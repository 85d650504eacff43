import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { formatMany } from '../components/format.ts';
import { PlainTable } from '../components/objects/plain-table.tsx';
import { PathText } from '../components/path-text.tsx';
import { saveFile } from '../components/save-file.ts';
import { openHelp } from '../help/help-state.ts';
import { topics } from '../help/topics.ts';
import { api } from './api.ts';

/** As scripts/shipped-packages.ts writes it when the page is built. */
const packagesSchema = z.array(
  z.object({ name: z.string(), version: z.string(), licence: z.string(), text: z.string() }),
);
type Packages = z.infer<typeof packagesSchema>;

async function readPackages(): Promise<Packages> {
  const answer = await fetch('./packages.json');
  if (!answer.ok) throw new Error(answer.statusText);
  return packagesSchema.parse(await answer.json());
}

const hosts = { cli: 'the command line', web: 'a browser', electron: 'the desktop app' } as const;

/** Which version this is, and whose work it stands on. */
export function About({ onClose }: { readonly onClose: () => void }) {
  const info = useQuery(api.system.info.queryOptions());
  const packages = useQuery({
    queryKey: ['packages'],
    queryFn: readPackages,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Modal visible size="large" header="About Sluice" closeAriaLabel="Close" onDismiss={onClose}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Version', value: info.data?.version ?? '' },
            { label: 'Runs in', value: info.data === undefined ? '' : hosts[info.data.host] },
            { label: 'Data folder', value: <PathText path={info.data?.dataFolder ?? ''} /> },
          ]}
        />
        <div>
          <Button
            onClick={() => {
              onClose();
              openHelp(topics.about);
            }}
          >
            Help: who sees what
          </Button>
        </div>
        <Box>Sluice is free software under the Apache License 2.0. It contains the work of many others:</Box>
        {packages.isPending && <StatusIndicator type="loading">Reading the list</StatusIndicator>}
        {packages.isError && (
          <StatusIndicator type="error">
            The list cannot be read. It is made when the page is built: build it again, then reload.
          </StatusIndicator>
        )}
        {packages.data !== undefined && <Licences packages={packages.data} />}
      </SpaceBetween>
    </Modal>
  );
}

function Licences({ packages }: { readonly packages: Packages }) {
  return (
    <SpaceBetween size="s">
      <PlainTable
        label="Packages and their licences"
        headers={['Package', 'Version', 'Licence']}
        rows={packages.map(({ name, version, licence }) => [name, version, licence])}
        cell={(text) => text}
      />
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <Button onClick={() => saveFile('sluice-licences.txt', textOf(packages))}>Save their licences</Button>
        <Box color="text-body-secondary">{formatMany(packages.length, 'package')}</Box>
      </SpaceBetween>
    </SpaceBetween>
  );
}

const textOf = (packages: Packages): string =>
  packages
    .map(({ name, version, licence, text }) => `${name} ${version}\nLicence: ${licence}\n\n${text}`.trim())
    .join(`\n\n${'-'.repeat(80)}\n\n`);
