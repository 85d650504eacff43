/** The columns of a MySQL object, with what information_schema says of them and what they become. */
import type { ColumnDetail } from '../../../shared/browse.ts';
import type { ObjectName } from '../../../shared/model.ts';
import { columnsOf, kindOf, quote } from './catalogue.ts';
import { formOf } from './columns.ts';
import type { Session } from './session.ts';

/** Null where there is no object of this name. Errors are the driver's own. */
export async function describeColumns(
  session: Session,
  { schema, name }: ObjectName,
): Promise<readonly ColumnDetail[] | null> {
  if (schema !== null || (await kindOf(session, name)) === null) return null;
  const columns = await columnsOf(session, name);
  // a view whose table is gone has none, and this gives the reason
  if (columns.length === 0) await session.check(`SELECT * FROM ${quote(name)}`);
  return columns.map((column) => ({
    ...{ name: column.name, type: column.type, nullable: column.nullable },
    key: column.key === 'PRI' ? 'primary' : column.key === 'UNI' ? 'unique' : null,
    csv: formOf(column),
  }));
}
