/** The keychain's name for the secret access key of a destination. */
export const secretAccount = (name: string): string => `destination/${name}`;
