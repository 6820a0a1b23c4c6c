/** The last attempts of a webhook, and since when nothing got through. */

import { limits } from '../../domain/limits.ts';
import type { ControlPort } from '../../ports/control.ts';
import { isArrived, type LoggedAttempt } from './delivery.ts';
import type { Webhook } from './webhook.ts';
import { webhookKeys } from './webhook-keys.ts';

interface StoredLog {
  readonly attempts: readonly LoggedAttempt[];
  readonly failingSince?: number | undefined;
}

/** Written once in so long: what was sent is not worth a commit of its own. */
const writeMs = 1_000;

export class DeliveryLog {
  readonly #control: ControlPort;
  readonly #key: string;
  readonly #onFault: (error: unknown) => void;
  #stored: StoredLog;
  #version: number;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    control: ControlPort,
    key: string,
    onFault: (error: unknown) => void,
    found: { readonly stored: StoredLog; readonly version: number },
  ) {
    this.#control = control;
    this.#key = key;
    this.#onFault = onFault;
    this.#stored = found.stored;
    this.#version = found.version;
  }

  static async open(
    control: ControlPort,
    { tenant, id }: Pick<Webhook, 'tenant' | 'id'>,
    onFault: (error: unknown) => void,
  ): Promise<DeliveryLog> {
    const key = webhookKeys.log(tenant, id);
    const found = await control.get(key);
    const stored: StoredLog = found ? JSON.parse(found.value) : { attempts: [] };
    return new DeliveryLog(control, key, onFault, { stored, version: found?.version ?? 0 });
  }

  /** Oldest first. */
  get attempts(): readonly LoggedAttempt[] {
    return this.#stored.attempts;
  }

  /** Undefined while something gets through. */
  get failingSince(): number | undefined {
    return this.#stored.failingSince;
  }

  add(attempt: LoggedAttempt): void {
    const attempts = [...this.#stored.attempts, attempt].slice(-limits.webhookLogMax);
    // That a ping failed, perhaps before the receiver was there, is no failed delivery.
    const begins = attempt.event.type === 'ping' ? undefined : attempt.at;
    const since = isArrived(attempt) ? undefined : (this.failingSince ?? begins);
    this.#stored = { attempts, ...(since !== undefined && { failingSince: since }) };
    this.#writeSoon();
  }

  /** It was switched on again: the days are counted anew. */
  startAnew(): void {
    this.#stored = { attempts: this.attempts };
    this.#writeSoon();
  }

  async close(): Promise<void> {
    if (this.#timer !== undefined) this.#write();
    await this.#writing;
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => this.#write(), writeMs).unref();
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#put()).catch(this.#onFault);
  }

  async #put(): Promise<void> {
    const value = JSON.stringify(this.#stored);
    const version = await this.#control.putIfVersion(this.#key, value, this.#version);
    if (version !== undefined) this.#version = version;
    else await this.#putAfterOthers();
  }

  /** Another server has pinged, or the log was deleted with its webhook. */
  async #putAfterOthers(): Promise<void> {
    const found = await this.#control.get(this.#key);
    if (!found) return;
    const { attempts }: StoredLog = JSON.parse(found.value);
    const own = new Set(this.attempts.map(nameOf));
    const all = [...attempts.filter((one) => !own.has(nameOf(one))), ...this.attempts];
    const merged = all.sort((a, b) => a.at - b.at).slice(-limits.webhookLogMax);
    this.#stored = { ...this.#stored, attempts: merged };
    const value = JSON.stringify(this.#stored);
    const version = await this.#control.putIfVersion(this.#key, value, found.version);
    // Faster ones are merged with the next attempt.
    this.#version = version ?? found.version;
  }
}

const nameOf = ({ at, event, attempt }: LoggedAttempt): string => `${at} ${event.id} ${attempt}`;
