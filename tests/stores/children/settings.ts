/**
 * Opens the settings as a process of its own. Arguments: folder, then what to do: `open` writes the external ID;
 * `add NAME` adds a source; `try` writes the error of an update.
 */
import { openSettings } from '../../../src/main/stores/settings.ts';
import { SluiceError } from '../../../src/shared/errors.ts';
import type { Settings } from '../../../src/shared/model.ts';

const [, , folder = '', what = 'open', name = 'source'] = process.argv;

const add = (settings: Settings): Settings => ({
  ...settings,
  sources: [...settings.sources, { kind: 'sqlite', name, database: 'db', path: `/tmp/${name}.db` }],
});

try {
  const settings = openSettings(folder);
  if (what !== 'open') settings.update(add);
  process.stdout.write(settings.read().externalId);
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  process.stdout.write(`${error.code}: ${error.message}`);
}
