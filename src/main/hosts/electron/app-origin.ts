/** Where the window's page lives. The preload compares with it too, so nothing here may need Node. */

export const appScheme = 'app';
export const appHost = 'sluice';
/** The page's origin; Chromium writes it so for a scheme that is registered as standard. */
export const appOrigin = `${appScheme}://${appHost}`;

/** The one channel between page and main, and the one message that the page posts to have a port carried over. */
export const connectChannel = 'sluice:connect';
