import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePostgresUrl } from '../../../src/main/sources/index.ts';
import { SluiceError } from '../../../src/shared/errors.ts';

describe('parsePostgresUrl', () => {
  it.each<[string, Record<string, string>]>([
    ['postgres://', {}],
    ['postgresql://localhost', { host: 'localhost' }],
    ['postgres://localhost:5433', { host: 'localhost', port: '5433' }],
    ['postgres://localhost/mydb', { host: 'localhost', dbname: 'mydb' }],
    ['postgres://user@localhost', { user: 'user', host: 'localhost' }],
    ['postgres://user@/db', { user: 'user', dbname: 'db' }],
    ['postgres:///db?host=/run/postgresql', { dbname: 'db', host: '/run/postgresql' }],
    ['postgres://%2Frun%2Fpostgresql/db', { dbname: 'db', host: '/run/postgresql' }],
    ['postgres://%2Frun%2Fpostgresql:5433/db', { dbname: 'db', host: '/run/postgresql', port: '5433' }],
    [
      'postgres://u%40x@[2001:db8::1]:6000/d%2Fb',
      { user: 'u@x', host: '2001:db8::1', port: '6000', dbname: 'd/b' },
    ],
    ['postgres://?service=shop', { service: 'shop' }],
    ['postgres://h/a?dbname=b&sslmode=require', { host: 'h', dbname: 'b', sslmode: 'require' }],
    ['postgres://h/a?ssl=true', { host: 'h', dbname: 'a', sslmode: 'require' }],
    ['postgres://h/a%20b?options=-c%20x%3D1', { host: 'h', dbname: 'a b', options: '-c x=1' }],
    ['postgres://h/a?keepalives_idle=5&target_session_attrs=any', { host: 'h', dbname: 'a' }],
    ['postgres://h/a/b', { host: 'h', dbname: 'a/b' }],
  ])('reads %s', (url, parameters) => {
    const parsed = parsePostgresUrl(url);
    expect(parsed).toEqual({
      parameters,
      database: parameters.dbname ?? null,
      hasPassword: false,
      withoutPassword: url,
    });
  });

  it.each([
    ['postgres://u:hunter2@h/db', 'postgres://u@h/db'],
    ['postgres://u:hun%3Ater2:x@h:1/db?sslmode=require', 'postgres://u@h:1/db?sslmode=require'],
    ['postgres://u:hunter2?x@h/db', 'postgres://u@h/db'],
    ['postgres://:hunter2@h/db', 'postgres://@h/db'],
    ['postgres://u@h/db?password=hunter2', 'postgres://u@h/db'],
    [
      'postgres://u@h/db?sslmode=require&pass%77ord=hunter2&port=1',
      'postgres://u@h/db?sslmode=require&port=1',
    ],
    ['postgres://u@h/db?sslpassword=hunter2', 'postgres://u@h/db'],
  ])('finds the password in %s and cuts it out', (url, without) => {
    const parsed = parsePostgresUrl(url);
    expect(parsed.hasPassword).toBe(true);
    expect(parsed.withoutPassword).toBe(without);
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
    expect(parsePostgresUrl(without).hasPassword).toBe(false);
  });

  it.each([
    'mysql://u:hunter2@h/db',
    'postgres:/h/db',
    'postgres://u:hunter2@x@h/db',
    'postgres://u:hunter2/x@h/db',
    'postgres://u:1/hunter2@h/db',
    'postgres://u:hunter2?/@h/db',
    'postgres://u:hunter2?x=1/@h/db',
    'postgres://h/db?x/hunter2=1',
    'postgres://u:hunter2@h,i/db',
    'postgres://u:hunter2@[::1/db',
    'postgres://u:hunter2%zz@h/db',
    'postgres://u:hunter2@h/db?x',
    'postgres://u:hunter2@h/db?paswort=hunter2',
    'postgres://u:hunter2@h/db?target_session_attrs=primary',
    'postgres://h/%00',
  ])('refuses %s and does not repeat the secret', (url) => {
    let raised: unknown;
    try {
      parsePostgresUrl(url);
    } catch (error) {
      raised = error;
    }
    expect(raised).toBeInstanceOf(SluiceError);
    if (!(raised instanceof SluiceError)) return;
    expect(raised.code).toBe('INPUT_INVALID');
    expect(JSON.stringify([raised.message, raised.fix, raised.details])).not.toContain('hunter2');
  });

  it('reads back whatever is written with percent-encoding', () => {
    const part = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(part, part, part, (user, password, database) => {
        const encode = encodeURIComponent;
        const parsed = parsePostgresUrl(
          `postgres://${encode(user)}:${encode(password)}@h/${encode(database)}`,
        );
        expect(parsed.parameters).toEqual({ user, host: 'h', dbname: database });
        expect(parsed.hasPassword).toBe(true);
        expect(parsed.withoutPassword).toBe(`postgres://${encode(user)}@h/${encode(database)}`);
      }),
    );
  });

  it('never raises anything but its own error, and never lets a password through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          const { withoutPassword } = parsePostgresUrl(`postgres://${text}`);
          expect(parsePostgresUrl(withoutPassword).hasPassword).toBe(false);
        } catch (error) {
          if (!(error instanceof SluiceError)) throw error;
        }
      }),
    );
  });
});
