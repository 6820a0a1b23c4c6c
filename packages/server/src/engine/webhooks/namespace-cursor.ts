/** How far a webhook is in the log of changes of one namespace. */
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import { webhookKeys } from './webhook-keys.ts';

/** `seq` is null where it has not begun: then the time at which the webhook was made decides. */
export interface StoredCursor {
  readonly seq: number | null;
  /** Told when the namespace is gone; the cursor goes with it. */
  readonly namespace: NamespaceName;
}

export interface CursorPlace {
  readonly tenant: TenantId;
  readonly namespaceNo: number;
  readonly namespace: NamespaceName;
  readonly webhookId: string;
}

export class NamespaceCursor {
  readonly #control: ControlPort;
  readonly #place: CursorPlace;
  #seq: number;
  #version: number;
  #isStored: boolean;

  private constructor(
    control: ControlPort,
    place: CursorPlace,
    kept: { readonly seq: number; readonly version: number; readonly isStored: boolean },
  ) {
    this.#control = control;
    this.#place = place;
    this.#seq = kept.seq;
    this.#version = kept.version;
    this.#isStored = kept.isStored;
  }

  static async open(
    control: ControlPort,
    place: CursorPlace,
    first: () => Promise<number>,
  ): Promise<NamespaceCursor> {
    const found = await control.get(keyOf(place));
    const stored: StoredCursor | undefined = found && JSON.parse(found.value);
    const seq = stored?.seq ?? (await first());
    const isStored = stored !== undefined && stored.seq !== null;
    return new NamespaceCursor(control, place, { seq, version: found?.version ?? 0, isStored });
  }

  /** The last change that was dealt with. */
  get seq(): number {
    return this.#seq;
  }

  /**
   * Durable when it resolves, and never back. False when the namespace, and the cursor with it, is
   * gone.
   */
  async move(seq: number): Promise<boolean> {
    const key = keyOf(this.#place);
    while (seq > this.#seq || !this.#isStored) {
      const stored: StoredCursor = { seq, namespace: this.#place.namespace };
      const version = await this.#control.putIfVersion(key, JSON.stringify(stored), this.#version);
      if (version !== undefined) {
        this.#seq = seq;
        this.#version = version;
        this.#isStored = true;
        break;
      }
      // A server that was on duty before this one has sent something meanwhile.
      const found = await this.#control.get(key);
      if (!found || found.version === this.#version) return false;
      const other: StoredCursor = JSON.parse(found.value);
      this.#version = found.version;
      this.#isStored = other.seq !== null;
      this.#seq = other.seq ?? this.#seq;
    }
    return true;
  }
}

const keyOf = ({ tenant, namespaceNo, webhookId }: CursorPlace): string =>
  webhookKeys.cursor(tenant, namespaceNo, webhookId);
