/** The product under the test: an engine over a real store, with a clock that the test moves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ephemeral from '../../packages/server/src/backends/ephemeral/ephemeral-store.ts';
import { openSqliteStore } from '../../packages/server/src/backends/sqlite/sqlite-store.ts';
import { type OpenEngine, openEngine } from '../../packages/server/src/compose-engine.ts';
import { type Models, openInstantModels } from '../../packages/server/src/compose-models.ts';
import { loadSettings, type Settings } from '../../packages/server/src/config/settings.ts';
import type { Engine } from '../../packages/server/src/engine/engine.ts';
import { createLog } from '../../packages/server/src/observe/log.ts';
import type { ControlPort } from '../../packages/server/src/ports/control.ts';
import type { RecordsPort } from '../../packages/server/src/ports/records.ts';
import { systemClock } from '../../packages/server/src/util/system-clock.ts';

interface Store {
  readonly records: RecordsPort;
  readonly control: ControlPort;
}

/** One store for many sequences, each in a namespace of its own: opening one costs the most. */
export class World {
  readonly name: string;
  now = Date.parse('2026-11-21T12:00:00Z');
  readonly #folder: string | undefined;
  readonly #models: Models = openInstantModels();
  readonly #clock = { ...systemClock, now: () => this.now };
  #store: Store | undefined;
  #open: OpenEngine | undefined;

  private constructor(name: string, folder: string | undefined) {
    this.name = name;
    this.#folder = folder;
  }

  static async open(name: 'sqlite' | 'ephemeral'): Promise<World> {
    const folder =
      name === 'sqlite' ? mkdtempSync(join(tmpdir(), 'reverie-semantics-')) : undefined;
    const world = new World(name, folder);
    await world.#start();
    return world;
  }

  get engine(): Engine {
    if (this.#open === undefined) throw new Error('The world is closed.');
    return this.#open.engine;
  }

  /** On disk the whole store is opened again; in memory only its indexes are made again. */
  async restart(settings: Partial<Pick<Settings, 'indexMemoryMb'>> = {}): Promise<void> {
    await this.#stop();
    await this.#start(settings);
  }

  async close(): Promise<void> {
    await this.#stop();
    await this.#store?.records.close();
    if (this.#folder) rmSync(this.#folder, { recursive: true });
  }

  async #start(settings: Partial<Settings> = {}): Promise<void> {
    const clock = this.#clock;
    if (this.#folder) this.#store = await openSqliteStore({ folder: this.#folder, clock });
    this.#store ??= ephemeral.openEphemeralStore({ clock });
    const { records, control } = this.#store;
    this.#open = await openEngine({
      settings: { ...loadSettings({}), logLevel: 'silent', searchWorkers: 0, ...settings },
      ...{ records, control, share: undefined, models: this.#models, clock },
      secret: new Uint8Array(32),
      log: createLog('silent'),
    });
  }

  async #stop(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
    if (this.#folder) await this.#store?.records.close();
  }
}
