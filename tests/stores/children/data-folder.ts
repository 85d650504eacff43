/** Asks for the data folder and writes how that went. Arguments: folder. */
import { dataFolder } from '../../../src/main/stores/data-folder.ts';
import { SluiceError } from '../../../src/shared/errors.ts';

try {
  process.stdout.write(dataFolder(process.argv[2]));
} catch (error) {
  if (!(error instanceof SluiceError)) throw error;
  process.stdout.write(`${error.code}: ${error.message}`);
}
