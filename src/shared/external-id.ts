/** Who relies on the external ID of an installation. */
import type { Settings } from './model.ts';

/**
 * The ARNs of the roles whose trust policies name this installation's external ID: those of its destinations, and the
 * one of a setup that was begun. While there is none, the ID may still give way to that of an imported workspace.
 * The role of practice mode does not count: it is made anew with whatever the ID is.
 */
export function rolesThatKnow({ destinations, setup }: Settings): string[] {
  const roles = destinations.flatMap(({ access }) =>
    access.type === 'role' && access.signer.kind !== 'sandbox' ? [access.roleArn] : [],
  );
  const begun = setup?.accessType === 'role' ? setup.roleArn.trim() : '';
  return [...new Set(begun === '' ? roles : [...roles, begun])];
}
