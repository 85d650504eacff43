import type { Command } from 'commander';
import type { Inputs } from '../../../../shared/contract.ts';
import { SluiceError } from '../../../../shared/errors.ts';
import { displayName, type Source } from '../../../../shared/model.ts';
import { act, type Session, userPath } from '../command.ts';
import { canPrompt, secretFromPrompt, secretFromStdin } from '../secret-input.ts';
import { shownError } from '../shown-error.ts';
import {
  type Added,
  addHostKeyOption,
  addSshOptions,
  askForHostKey,
  askForMissing,
  type SshOptions,
  secretsGiven,
  tunnelFrom,
} from '../ssh-options.ts';
import { count, table } from '../terminal.ts';
import { addFileOptions, filesLocation, previewLines, type TypedFileOptions } from './file-options.ts';
import { addLookCommands } from './source-look.ts';

export function addSourceCommands(program: Command): void {
  const source = program.command('source').description('Databases and files to read.');

  const add = source
    .command('add')
    .summary('test a source and save it')
    .description('Connects, then saves the source; a password goes to the keychain of this computer.')
    .requiredOption('--name <name>', 'how to call it')
    .requiredOption('--url <url>', 'postgres://user@host:port/database, mysql://…, sqlite:PATH or file:PATH')
    .option('--password-stdin', 'read the password from standard input');
  addFileOptions(add);
  addHostKeyOption(addSshOptions(add))
    .addHelpText(
      'after',
      `
Without --password-stdin, the password comes from where psql and mysql take it: .pgpass or a service file for
PostgreSQL, the [client] group of ~/.my.cnf for MySQL and MariaDB.

file:PATH names a file, a folder, in which each file is an object, or a pattern in quotes, whose files are one
object. CSV, NDJSON, JSON and Parquet, plain or compressed with gzip or zstd.

With --ssh, host and port of the URL are as the SSH server sees them. You log in there with the keys of your SSH agent,
or as the options say. With both --password-stdin and --ssh-secret-stdin, standard input has two lines: the password of
the database, then the secret of the SSH server.

Examples:
  sluice source add --name shop --url sqlite:./shop.sqlite
  sluice source add --name exports --url file:./exports --bad-rows set-aside
  sluice source add --name orders --url 'file:./exports/orders-*.csv.gz' --delimiter tab --null '\\\\N'
  pass show shop | sluice source add --name shop --url postgres://anna@db.example.com/shop --password-stdin
  sluice source add --name shop --url postgres://anna@10.0.0.5/shop --ssh anna@bastion.example.com`,
    )
    .action(
      act(async (session, options: AddOptions) => {
        const location = locationOf(options.url, options);
        const { acceptHostKey } = options;
        const added = {
          ...(await secretsGiven(options)),
          ...(acceptHostKey === undefined ? {} : { acceptHostKey }),
        };
        const { client } = await session.core();
        const saved = await withHelp(session, added, (more) =>
          client.sources.save({ name: options.name, location, ...more }, { signal: session.signal }),
        );
        if (saved.kind === 'files') {
          const files = await client.sources.previewFiles({ name: saved.name }, { signal: session.signal });
          session.terminal.result({ saved: true, source: shownSource(saved), files }, [
            `Looked at ${saved.path} and saved the source "${saved.name}".`,
            ...previewLines(files),
          ]);
          return undefined;
        }
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

  const test = source
    .command('test <name>')
    .summary('connect to a saved source')
    .description('Connects to a saved source and says what answers. Changes nothing.');
  addHostKeyOption(test)
    .addHelpText('after', '\nExample:\n  sluice source test shop')
    .action(
      act(async (session, name: string, options: Pick<AddOptions, 'acceptHostKey'>) => {
        const { client } = await session.core();
        const found = await withHelp(
          session,
          options,
          ({ acceptHostKey }) =>
            client.sources.test(
              { name, ...(acceptHostKey === undefined ? {} : { acceptHostKey }) },
              { signal: session.signal },
            ),
          askForHostKey,
        );
        session.terminal.result({ connected: true, ...found }, [
          `Connected to ${found.database}: ${found.version}.`,
        ]);
        return undefined;
      }),
    );

  const password = source
    .command('password <name>')
    .summary('enter the password of a saved source')
    .description('Connects with the password, then keeps it in the keychain of this computer.')
    .option('--ssh', "not the database's: the password of its SSH server, or the passphrase of the key file")
    .option('--password-stdin', 'read the password from standard input');
  addHostKeyOption(password)
    .addHelpText('after', '\nExample:\n  pass show shop | sluice source password shop --password-stdin')
    .action(
      act(async (session, name: string, options: PasswordOptions) => {
        const password = await passwordFor(session, options);
        const { acceptHostKey, ssh } = options;
        await (await session.core()).client.sources.enterPassword(
          {
            ...{ name, password, of: ssh === true ? 'tunnel' : 'database' },
            ...(acceptHostKey === undefined ? {} : { acceptHostKey }),
          },
          { signal: session.signal },
        );
        session.terminal.result({ saved: true }, [
          `Connected and kept ${ssh === true ? 'what logs in to the SSH server' : 'the password'} of "${name}".`,
        ]);
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
    .command('preview <name>')
    .summary('show how files would be read')
    .description('Shows what was found out about the files of a source, with their first rows.')
    .addHelpText('after', '\nExample:\n  sluice source preview exports')
    .action(
      act(async ({ terminal, core, signal }, name: string) => {
        const files = await (await core()).client.sources.previewFiles({ name }, { signal });
        const lines = previewLines(files).slice(1);
        terminal.result({ files }, lines.length === 0 ? ['No files that can be loaded.'] : lines);
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
async function passwordFor({ signal }: Session, { passwordStdin, ssh }: PasswordOptions): Promise<string> {
  if (passwordStdin === true) return await secretFromStdin('--password-stdin');
  if (canPrompt())
    return await secretFromPrompt(ssh === true ? 'Password or passphrase:' : 'Password:', signal);
  throw new SluiceError('INPUT_INVALID', 'The password is missing', {
    fix: 'Give it on standard input with --password-stdin.',
  });
}

interface AddOptions extends SshOptions, TypedFileOptions {
  readonly url: string;
  readonly name: string;
  readonly passwordStdin?: boolean;
  readonly acceptHostKey?: string;
}

interface PasswordOptions extends Pick<AddOptions, 'passwordStdin' | 'acceptHostKey'> {
  readonly ssh?: boolean;
}

type NewSource = Inputs['sources']['save'];

/** Connects; what somebody at the terminal can add to make it work is asked for, each thing once. */
async function withHelp<T>(
  { signal }: Session,
  given: Added,
  connect: (added: Added) => Promise<T>,
  ask = askForMissing,
): Promise<T> {
  for (let added = given; ; ) {
    try {
      return await connect(added);
    } catch (error) {
      const more = await ask(shownError(error, signal), added, signal);
      if (more === undefined) throw error;
      added = { ...added, ...more };
    }
  }
}

const shownSource = ({ name, kind, database }: Source) => ({ name, kind, database });

function locationOf(url: string, options: SshOptions & TypedFileOptions): NewSource['location'] {
  const tunnel = tunnelFrom(options);
  const files = filesLocation(url, options);
  if (files !== undefined) {
    if (tunnel === undefined) return files;
    throw new SluiceError('INPUT_INVALID', 'Files are not read through an SSH server', {
      fix: 'Leave --ssh out, or copy the files to this computer.',
    });
  }
  const way = tunnel === undefined ? {} : { tunnel };
  if (/^postgres(ql)?:\/\//.test(url)) return { kind: 'postgres', url, ...way };
  if (/^(mysql|mariadb):\/\//.test(url)) return { kind: 'mysql', url, ...way };
  if (url.startsWith('sqlite:') && url.length > 'sqlite:'.length) {
    if (tunnel !== undefined) {
      throw new SluiceError('INPUT_INVALID', 'A file is not reached through an SSH server', {
        fix: 'Leave --ssh out.',
      });
    }
    return { kind: 'sqlite', path: userPath(url.slice('sqlite:'.length)) };
  }
  // The text may hold a password: it is not repeated.
  throw new SluiceError('INPUT_INVALID', 'This kind of source is not known', {
    fix: 'Write postgres://user@host:port/database, mysql://user@host:port/database, sqlite:PATH or file:PATH.',
  });
}
