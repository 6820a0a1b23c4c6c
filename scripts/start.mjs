/**
 * `npm start`: installs and builds what is missing, then serves in this same process, so that
 * signals and the exit code are the server's own. Flags go through: npm start -- --port 8000
 */
import { pathToFileURL } from 'node:url';
import { ensureReady, root } from './ensure-ready.mjs';

ensureReady();
const main = `${root}/packages/server/dist/cli/main.js`;
process.argv.splice(1, 1, main, 'serve');
await import(pathToFileURL(main).href);
