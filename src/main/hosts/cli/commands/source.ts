import type { Command } from 'commander';
import type { Inputs } from '../../../../shared/contract.ts';
import { SluiceError } from '../../../../shared/errors.ts';
import { displayName, type Source } from '../../../../shared/model.ts';
import { act, type Session, userPath } from '../command.ts';
import { canPrompt, secretFromPrompt, secretFromStdin } from '../secret-input.ts';
import { type ShownError, shownError } from '../shown-error.ts';
import { count, table } from '../terminal.ts';
import { addLookCommands } from './source-look.ts';

export function addSourceCommands(program: Command): void {
  const source = program.command('source').description('Databases and files to read.');

  source
    .command('add')
    .summary('test a source and save it')
    .description('Connects, then saves the source; a password goes to the keychain of this computer.')
    .requiredOption('--name <name>', 'how to call it')
    .requiredOption('--url <url>', 'postgres://user@host:port/database, mysql://… or sqlite:PATH')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText(
      'after',
      `
Without --password-stdin, the password comes from where psql and mysql take it: .pgpass or a service file for
PostgreSQL, the [client] group of ~/.my.cnf for MySQL and MariaDB.

Examples:
  sluice source add --name shop --url sqlite:./shop.sqlite
  pass show shop | sluice source add --name shop --url postgres://anna@db.example.com/shop --password-stdin`,
    )
    .action(
      act(async (session, options: AddOptions) => {
        const location = locationOf(options.url);
        const password =
          options.passwordStdin === true ? await secretFromStdin('--password-stdin') : undefined;
        const saved = await save(session, {
          name: options.name,
          location,
          ...(password === undefined ? {} : { password }),
        });
        session.terminal.result({ saved: true, source: shownSource(saved) }, [
          `Connected to ${saved.database} and saved the source "${saved.name}".`,
        ]);
        return undefined;
      }),
    );

  source
    .command('list')
    .summary('list the sources')
    .addHelpText('after', '\nExample:\n  sluice source list')
    .action(
      act(async ({ terminal, core }) => {
        const sources = (await (await core()).client.sources.list()).map(shownSource);
        const rows = sources.map(({ name, kind, database }) => [name, kind, database]);
        terminal.result({ sources }, rows.length === 0 ? ['No sources yet.'] : table(rows));
        return undefined;
      }),
    );

  source
    .command('password <name>')
    .summary('enter the password of a saved source')
    .description('Connects with the password, then keeps it in the keychain of this computer.')
    .option('--password-stdin', 'read the password from standard input')
    .addHelpText('after', '\nExample:\n  pass show shop | sluice source password shop --password-stdin')
    .action(
      act(async (session, name: string, options: Pick<AddOptions, 'passwordStdin'>) => {
        const password = await passwordFor(session, options);
        await (await session.core()).client.sources.enterPassword(
          { name, password },
          { signal: session.signal },
        );
        session.terminal.result({ saved: true }, [`Connected and kept the password of "${name}".`]);
        return undefined;
      }),
    );

  source
    .command('remove <name>')
    .summary('forget a source; the database is not touched')
    .addHelpText('after', '\nExample:\n  sluice source remove shop')
    .action(
      act(async ({ terminal, core }, name: string) => {
        await (await core()).client.sources.remove({ name });
        terminal.result({ removed: name }, [`Removed the source "${name}".`]);
        return undefined;
      }),
    );

  source
    .command('objects <name>')
    .summary('list what a source holds')
    .addHelpText('after', '\nExample:\n  sluice source objects shop')
    .action(
      act(async ({ terminal, core, signal }, name: string) => {
        const objects = await (await core()).client.sources.objects({ name }, { signal });
        const rows = objects.map((object) => [
          displayName(object),
          object.kind,
          object.estimatedRows === null ? '' : `~${count(object.estimatedRows)} rows`,
          `${object.columns.length} columns`,
        ]);
        terminal.result({ objects }, rows.length === 0 ? ['Nothing that this user can see.'] : table(rows));
        return undefined;
      }),
    );

  addLookCommands(source);
}

/** @throws SluiceError INPUT_INVALID where nobody can be asked */
async function passwordFor(
  { signal }: Session,
  { passwordStdin }: Pick<AddOptions, 'passwordStdin'>,
): Promise<string> {
  if (passwordStdin === true) return await secretFromStdin('--password-stdin');
  if (canPrompt()) return await secretFromPrompt('Password:', signal);
  throw new SluiceError('INPUT_INVALID', 'The password is missing', {
    fix: 'Give it on standard input with --password-stdin.',
  });
}

interface AddOptions {
  readonly url: string;
  readonly name: string;
  readonly passwordStdin?: boolean;
}

type NewSource = Inputs['sources']['save'];

/** Saves; where the server asks for a password and somebody sits at the terminal, asks for it once. */
async function save({ core, signal }: Session, input: NewSource): Promise<Source> {
  const { client } = await core();
  try {
    return await client.sources.save(input, { signal });
  } catch (error) {
    if (input.password !== undefined || !wantsPassword(shownError(error, signal)) || !canPrompt())
      throw error;
    const password = await secretFromPrompt('Password:', signal);
    return await client.sources.save({ ...input, password }, { signal });
  }
}

/** True where a password would help: none was there, or the one of .pgpass or .my.cnf is wrong. */
const wantsPassword = ({ code, details }: ShownError): boolean =>
  code === 'SOURCE_DENIED' &&
  (details.server === 'no password' || ['28P01', 'ER_ACCESS_DENIED_ERROR'].includes(String(details.reason)));

const shownSource = ({ name, kind, database }: Source) => ({ name, kind, database });

function locationOf(url: string): NewSource['location'] {
  if (/^postgres(ql)?:\/\//.test(url)) return { kind: 'postgres', url };
  if (/^(mysql|mariadb):\/\//.test(url)) return { kind: 'mysql', url };
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) {
    return { kind: 'sqlite', path: userPath(url.slice('sqlite:'.length)) };
  }
  // The text may hold a password: it is not repeated.
  throw new SluiceError('INPUT_INVALID', 'This kind of source is not known', {
    fix: 'Write postgres://user@host:port/database, mysql://user@host:port/database or sqlite:PATH.',
  });
}
