/** Random identifiers in the forms that AWS gives them. */
import { randomBytes, randomInt } from 'node:crypto';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `prefix` and 16 characters, e.g. AKIA… for a long-term key, ASIA… for a temporary one. */
export const uniqueId = (prefix: string): string =>
  prefix + Array.from({ length: 16 }, () => base32[randomInt(32)]).join('');

/** 40 characters, 240 random bits. */
export const secretKey = (): string => randomBytes(30).toString('base64');

export const sessionToken = (): string => `FwoGZXIvYXdzE${randomBytes(192).toString('base64')}`;

export const requestId = (): string => randomBytes(8).toString('hex').toUpperCase();

export const hostId = (): string => randomBytes(48).toString('base64');
