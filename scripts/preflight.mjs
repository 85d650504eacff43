/**
 * Says in one line that the Node which runs is too old, instead of the syntax error that would follow. npm
 * installs the right Node beside the project where there is a package of it (Linux, Windows on x64), and npm
 * scripts then run on that; elsewhere, on macOS for one, Node comes from outside.
 *
 * Plain JavaScript that Node 12 can read, since the old Node is what has to run it. Silent when all is well.
 */
const needed = [24, 12]; // from there on, Node runs TypeScript without a flag or a warning
const found = process.versions.node.split('.').map(Number);
const isOld = found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1]);

if (isOld) {
  const system = `${process.platform}-${process.arch}`;
  const why = process.env.npm_lifecycle_event
    ? `npm could not install a Node of its own for this system (${system})`
    : 'it was not started through npm, which brings a Node of its own on Linux and Windows';
  const what = `Sluice needs Node ${needed.join('.')} or newer, and this is Node ${process.versions.node}`;
  const fix =
    'Install Node 24 from https://nodejs.org or with your version manager, then run the command again';
  process.stderr.write(`${what}: ${why}. ${fix}.\n`);
  process.exit(2);
}
