/** How an object is called on screen; apart from the model, so that showing a name does not load its schemas. */
import type { ObjectName } from './model.ts';

/** `schema.name`, or the bare name: how an object is shown and how scripts know it. */
export const displayName = (object: ObjectName): string =>
  object.schema === null ? object.name : `${object.schema}.${object.name}`;
