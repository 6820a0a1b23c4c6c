/**
 * Reverie in your own process: `openApp(loadSettings(process.env))` gives a `fetch` that the SDK
 * takes, `createClient({ fetch: app.fetch })`.
 */
export { openApp, type RunningApp, serve } from './compose.ts';
export { loadSettings } from './config/settings.ts';
export type { Settings } from './config/settings-table.ts';
