/** The permission handlers of the stand-in's session: what they say is what the browser does. */
import type { StandInPage } from './page.ts';

type PermissionRequest = (
  contents: unknown,
  permission: string,
  answer: (granted: boolean) => void,
  details: { requestingUrl: string },
) => void;
type PermissionCheck = (contents: unknown, permission: string, origin: string, details: object) => boolean;

const permissions: { request?: PermissionRequest; check?: PermissionCheck; device?: () => boolean } = {};

export const permissionHandlers = {
  setPermissionRequestHandler: (handler: PermissionRequest): void => {
    permissions.request = handler;
  },
  setPermissionCheckHandler: (handler: PermissionCheck): void => {
    permissions.check = handler;
  },
  setDevicePermissionHandler: (handler: () => boolean): void => {
    permissions.device = handler;
  },
};

/** Whatever the handlers say is what the browser does: without a handler, Electron grants everything. */
export async function applyPermissions(page: StandInPage): Promise<void> {
  const names: Readonly<Record<string, string>> = {
    geolocation: 'geolocation',
    notifications: 'notifications',
    media: 'camera',
    midi: 'midi',
    'clipboard-read': 'clipboard-read',
    'clipboard-sanitized-write': 'clipboard-write',
  };
  for (const [permission, name] of Object.entries(names)) {
    const { requested, checked } = askPermission(permission, 'app://sluice/index.html');
    await page.setPermission(name, requested && checked);
  }
}

export function askPermission(permission: string, url: string): { requested: boolean; checked: boolean } {
  let requested = permissions.request === undefined;
  const answer = (granted: boolean): void => {
    requested = granted;
  };
  permissions.request?.({}, permission, answer, { requestingUrl: url });
  const { origin, protocol: scheme, host } = new URL(url);
  const asker = origin === 'null' ? `${scheme}//${host}` : origin;
  return { requested, checked: permissions.check?.({}, permission, asker, {}) ?? true };
}

export const devicesAllowed = (): boolean => permissions.device?.() ?? true;
