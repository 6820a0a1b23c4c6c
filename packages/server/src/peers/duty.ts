/** One server of a store does what is to be done once; when it is gone, another one does. */
import type { ControlPort } from '../ports/control.ts';

const key = 'peers-duty';

export class Duty {
  readonly #control: ControlPort;
  readonly #id: string;

  constructor(control: ControlPort, id: string) {
    this.#control = control;
    this.#id = id;
  }

  /** True where this server has it now: it had it, or nobody who is alive had. */
  async take(isAlive: (id: string) => boolean): Promise<boolean> {
    const found = await this.#control.get(key);
    if (found?.value === this.#id) return true;
    if (found && isAlive(found.value)) return false;
    return (await this.#control.putIfVersion(key, this.#id, found?.version ?? 0)) !== undefined;
  }

  /** For the next one to take at once. */
  async give(): Promise<void> {
    const found = await this.#control.get(key);
    if (found?.value === this.#id) await this.#control.delete(key);
  }
}
