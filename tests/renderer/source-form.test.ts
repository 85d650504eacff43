import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMysqlUrl } from '../../src/main/sources/mysql/url.ts';
import { parsePostgresUrl } from '../../src/main/sources/postgres/url.ts';
import { grantsFor } from '../../src/renderer/pages/sources/grants.ts';
import { takePassword, urlOf } from '../../src/renderer/pages/sources/server-url.ts';
import {
  emptyForm,
  fieldOf,
  problemsOf,
  type SourceForm,
  sourceOf,
} from '../../src/renderer/pages/sources/source-form.ts';

const server: SourceForm = {
  ...emptyForm,
  name: 'Shop',
  host: 'db.example.com',
  port: '5433',
  database: 'shop',
  user: 'ada',
};

describe('the fields of a PostgreSQL server', () => {
  it('make the URL that the core reads back', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((typed) => typed.replaceAll('\0', ''));
    const named = text.filter((typed) => typed.trim() !== '' && typed.isWellFormed());
    fc.assert(
      fc.property(named, named, (user, database) => {
        const { parameters } = parsePostgresUrl(urlOf({ ...server, user, database }));
        expect(parameters).toMatchObject({
          host: 'db.example.com',
          port: '5433',
          user: user.trim(),
          dbname: database.trim(),
          sslmode: 'prefer',
        });
      }),
    );
  });

  it.each([
    ['::1', '::1'],
    ['/var/run/postgresql', '/var/run/postgresql'],
    ['localhost', 'localhost'],
  ])('take the host %s', (host, read) => {
    expect(parsePostgresUrl(urlOf({ ...server, host })).parameters.host).toBe(read);
  });

  it('leave out what is empty, and never hold the password', () => {
    const form = { ...server, user: '', port: '', password: 'geheim' };
    expect(urlOf(form)).toBe('postgres://db.example.com/shop?sslmode=prefer');
    expect(sourceOf(form)).toMatchObject({ password: 'geheim' });
  });

  it('ask for an authority where the server has to prove itself', () => {
    expect(parsePostgresUrl(urlOf({ ...server, encryption: 'verify-full' })).parameters).toMatchObject({
      sslmode: 'verify-full',
      sslrootcert: 'system',
    });
  });
});

describe('the fields of a MySQL server', () => {
  const mysql: SourceForm = { ...server, kind: 'mysql' };

  it('make the URL that the core reads back', () => {
    expect(parseMysqlUrl(urlOf({ ...mysql, user: 'a@b:c', database: 'sh/op?' })).parameters).toEqual({
      ...{ host: 'db.example.com', port: '5433', user: 'a@b:c', database: 'sh/op?', 'ssl-mode': 'preferred' },
    });
    const identified = { ...mysql, encryption: 'verify-full' } as const;
    expect(parseMysqlUrl(urlOf(identified)).parameters['ssl-mode']).toBe('verify-identity');
  });

  it('name a socket in the place of host and port', () => {
    const form = { ...mysql, host: '', socket: '/run/mysqld/mysqld.sock' };
    expect(problemsOf(form, [])).toEqual({});
    expect(parseMysqlUrl(urlOf(form)).parameters).toMatchObject({
      host: 'localhost',
      socket: '/run/mysqld/mysqld.sock',
    });
    expect(parseMysqlUrl(urlOf(form)).parameters.port).toBeUndefined();
    expect(problemsOf({ ...form, socket: 'mysqld.sock' }, [])).toEqual({ socket: expect.any(String) });
    expect(fieldOf('SOURCE_UNREACHABLE', form)).toBe('socket');
    expect(fieldOf('SOURCE_UNREACHABLE', mysql)).toBe('host');
  });

  it('go to the core as MySQL, the password apart', () => {
    expect(sourceOf({ ...mysql, password: 'geheim' })).toEqual({
      name: 'Shop',
      location: { kind: 'mysql', url: 'mysql://ada@db.example.com:5433/shop?ssl-mode=preferred' },
      password: 'geheim',
    });
    const pasted = takePassword('mysql://ada:p%40w@h/db?ssl-mode=required');
    expect(pasted).toEqual({ url: 'mysql://ada@h/db?ssl-mode=required', password: 'p@w' });
    expect(problemsOf({ ...mysql, by: 'url', url: 'postgres://h/db' }, [])).toEqual({
      url: expect.any(String),
    });
    expect(problemsOf({ ...mysql, by: 'url', url: 'mariadb://h/db' }, [])).toEqual({});
  });

  it('make a grant in which nothing stands for anything else', () => {
    expect(grantsFor({ ...mysql, database: 'my_`shop', user: "o'hara" })).toBe(
      "GRANT SELECT ON `my\\_``shop`.* TO 'o''hara'@'%';",
    );
  });
});

describe('a pasted URL', () => {
  it.each([
    ['postgres://ada:pw@h/db', 'postgres://ada@h/db', 'pw'],
    ['postgresql://ada:p%40w@h:1/db?sslmode=require', 'postgresql://ada@h:1/db?sslmode=require', 'p@w'],
    ['postgres://ada:p@w@h/db', 'postgres://ada@h/db', 'p@w'],
    ['postgres://ada:p/w@h/db', 'postgres://ada@h/db', 'p/w'],
    ['postgres://ada:50%@h/db', 'postgres://ada@h/db', '50%'],
    ['postgres://h/db?user=ada&password=pw', 'postgres://h/db?user=ada', 'pw'],
    ['postgres://h/db?password=pw', 'postgres://h/db', 'pw'],
    ['postgres://ada@h/db', 'postgres://ada@h/db', undefined],
    ['postgres://ada:@h/db', 'postgres://ada@h/db', undefined],
    ['not a URL', 'not a URL', undefined],
  ])('%s', (pasted, url, password) => {
    expect(takePassword(pasted)).toEqual({ url, password });
  });

  it('has no password left that the core would see', () => {
    const pieces = fc.string({ unit: fc.constantFrom(...'ab:/@%?&=1'), maxLength: 8 });
    fc.assert(
      fc.property(pieces, (password) => {
        const { url } = takePassword(`postgres://ada:${encodeURIComponent(password)}@h/db?sslmode=require`);
        expect(parsePostgresUrl(url).hasPassword).toBe(false);
      }),
    );
  });
});

describe('problems of a new source', () => {
  it.each([
    ['name', { name: '' }],
    ['name', { name: 'Taken' }],
    ['host', { host: ' ' }],
    ['database', { database: '' }],
    ['port', { port: '70000' }],
    ['port', { port: '54a' }],
    ['url', { by: 'url', url: 'mysql://h' }],
    ['path', { kind: 'sqlite', path: 'shop.sqlite' }],
  ] as const)('%s: %j', (field, change) => {
    expect(Object.keys(problemsOf({ ...server, ...change } as SourceForm, ['Taken']))).toEqual([field]);
  });

  it.each(['/home/ada/x.sqlite', 'C:\\data\\x.sqlite', '\\\\server\\share\\x.sqlite'])(
    'takes the path %s',
    (path) => {
      expect(problemsOf({ ...server, kind: 'sqlite', path }, [])).toEqual({});
    },
  );

  it('are shown at the field that an error is about', () => {
    expect(fieldOf('SOURCE_UNREACHABLE', server)).toBe('host');
    expect(fieldOf('SOURCE_DENIED', server)).toBe('password');
    expect(fieldOf('KEYCHAIN_UNAVAILABLE', server)).toBe('password');
    expect(fieldOf('SOURCE_NOT_FOUND', { ...server, kind: 'sqlite' })).toBe('path');
    expect(fieldOf('SOURCE_UNREACHABLE', { ...server, by: 'url' })).toBe('url');
    expect(fieldOf('DISK_FULL', server)).toBeUndefined();
  });
});

it('grants name what was typed, quoted where SQL needs it', () => {
  expect(grantsFor({ ...server, database: 'Shop "1"' })).toContain('ON DATABASE "Shop ""1""" TO ada;');
  expect(grantsFor({ ...server, user: '' })).toContain('TO your_user;');
});

describe('the way through an SSH server', () => {
  const tunnel = {
    ...server,
    way: 'key',
    sshHost: ' bastion ',
    sshUser: 'anna',
    sshKey: '~/.ssh/id',
  } as const;

  it('is sent apart from the URL, with its secret apart from the password', () => {
    const sent = sourceOf({ ...tunnel, sshSecret: 'geheim' });
    expect(sent).toMatchObject({
      location: {
        tunnel: { host: 'bastion', port: 22, user: 'anna', auth: { type: 'key', path: '~/.ssh/id' } },
      },
      tunnelSecret: 'geheim',
    });
    expect(JSON.stringify(sent.location)).not.toContain('geheim');
    expect(sourceOf({ ...tunnel, way: 'agent', sshSecret: 'left over' })).not.toHaveProperty('tunnelSecret');
    expect(sourceOf({ ...tunnel, way: 'none' }).location).not.toHaveProperty('tunnel');
    expect(sourceOf({ ...tunnel, sshPort: '2222' })).toMatchObject({ location: { tunnel: { port: 2222 } } });
  });

  it('is looked at only where it is used', () => {
    expect(problemsOf(tunnel, [])).toEqual({});
    expect(problemsOf({ ...server, sshPort: 'x' }, [])).toEqual({});
    const empty = { ...server, sshPort: '0', way: 'key' } as const;
    expect(Object.keys(problemsOf(empty, [])).sort()).toEqual(['sshHost', 'sshKey', 'sshPort', 'sshUser']);
    expect(problemsOf({ ...tunnel, sshHost: 'anna@bastion' }, [])).toHaveProperty('sshHost');
    expect(problemsOf({ ...tunnel, way: 'password' }, [])).toEqual({ sshSecret: 'The password is empty.' });
  });

  it('knows which field a refusal points at', () => {
    expect(fieldOf('TUNNEL_UNREACHABLE', tunnel)).toBe('sshHost');
    expect(fieldOf('TUNNEL_DENIED', tunnel)).toBe('sshKey');
    expect(fieldOf('TUNNEL_DENIED', { ...tunnel, way: 'agent' })).toBe('sshUser');
    expect(fieldOf('HOST_KEY_REFUSED', tunnel)).toBeUndefined();
    expect(fieldOf('SOURCE_DENIED', tunnel)).toBe('password');
  });
});
