/** A data folder with its app, its backups and what is restored of them, for one test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ReverieClient } from '@reverie/sdk';
import { keepFile } from '../../packages/server/src/backends/files/keep-file.ts';
import { type RunningApp, restore, verify } from '../../packages/server/src/compose.ts';
import { loadSettings, type Settings } from '../../packages/server/src/config/settings.ts';
import { openTestApp } from '../http/open-test-app.ts';
import { rootKey, send } from '../http/scenario.ts';

export class World {
  readonly root = mkdtempSync(join(tmpdir(), 'reverie-'));
  readonly #open: RunningApp[] = [];

  path(name: string): string {
    return join(this.root, name);
  }

  async serve(folder: string, env: Record<string, string> = {}): Promise<Served> {
    const app = await openTestApp({ REVERIE_DATA_DIR: this.path(folder), ...env });
    this.#open.push(app);
    return new Served(app);
  }

  settings(folder: string, env: Record<string, string> = {}): Settings {
    return loadSettings({ REVERIE_DATA_DIR: this.path(folder), ...env });
  }

  /** With another list of erasures than the folder's own. */
  restore(backup: string, folder: string, list?: string) {
    const env: Record<string, string> = list ? { REVERIE_ERASURES: this.path(list) } : {};
    return restore(this.settings(folder, env), this.path(backup), () => undefined);
  }

  /** Names of the checks of `reverie verify` that fail. */
  async failedChecks(folder: string): Promise<string[]> {
    const { checks } = await verify(this.settings(folder));
    return checks.filter(({ ok }) => !ok).map(({ name }) => name);
  }

  async close(): Promise<void> {
    for (const app of this.#open) await app.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

export class Served {
  readonly app: RunningApp;
  readonly client: ReverieClient;

  constructor(app: RunningApp) {
    this.app = app;
    this.client = createClient({ apiKey: rootKey, fetch: (request) => app.fetch(request) });
  }

  backup(path: string): Promise<void> {
    return keepFile(path, this.client.backup(), async () => undefined);
  }

  async receipt(id: string) {
    return (await send(this.app, { path: `/v1/forget/${id}` })).json();
  }

  async has(id: string): Promise<boolean> {
    return (await this.client.get(id)) !== undefined;
  }

  /** Ids of what a search finds. */
  async found(query: string, namespace: string): Promise<string[]> {
    const { results } = await this.client.recall({ query, namespace });
    return results.map((result) => result.id);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
