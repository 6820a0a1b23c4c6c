/** Documents that several servers of a test share. */
import { EphemeralControl } from '../backends/ephemeral/ephemeral-control.ts';
import { type HeldChanges, isHeld } from '../ports/control.ts';

/** What several servers share; `isAway` is a store that nobody reaches. */
export class SharedControl extends EphemeralControl {
  isAway = false;
  readonly #changes: string[] = [];

  override async get(key: string) {
    this.#refuse();
    return super.get(key);
  }

  override async list(...asked: Parameters<EphemeralControl['list']>) {
    this.#refuse();
    return super.list(...asked);
  }

  override async putIfVersion(key: string, value: string, expected: number) {
    this.#refuse();
    const version = await super.putIfVersion(key, value, expected);
    if (version !== undefined && isHeld(key)) this.#changes.push(key);
    return version;
  }

  override async delete(key: string): Promise<boolean> {
    this.#refuse();
    const isGone = await super.delete(key);
    if (isGone && isHeld(key)) this.#changes.push(key);
    return isGone;
  }

  heldChanges = async (mark?: number): Promise<HeldChanges> => {
    this.#refuse();
    const keys = this.#changes.slice(mark ?? this.#changes.length);
    return { mark: this.#changes.length, keys: [...new Set(keys)] };
  };

  #refuse(): void {
    if (this.isAway) throw new Error('the store is away');
  }
}
