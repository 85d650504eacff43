/** What electron-builder asks before it puts an app together. */

/** @param {import('electron-builder').BeforePackContext} context */
export default function beforePack({ packager }) {
  refusePublishing(packager.config.electronDist, packager.info.options.publish);
}

/**
 * A runtime that was handed over is not known to be Electron's own: the builder checks only what it fetches itself.
 * @param {unknown} electronDist
 * @param {unknown} publish electron-builder's policy; without one it may decide by the tag or the name of the script
 */
export function refusePublishing(electronDist, publish) {
  if (!electronDist || publish === 'never') return;
  throw new Error(
    'This app has a runtime from electronDist, which may be anything, so it is not published. ' +
      'Build with --publish never, or without electronDist.',
  );
}
