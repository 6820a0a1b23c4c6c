/** Keeps webhooks in control documents; all of them are held in memory. */
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { Webhook } from './webhook.ts';
import { webhookKeys } from './webhook-keys.ts';

interface Kept {
  readonly webhook: Webhook;
  /** Of its document. */
  readonly version: number;
}

export class WebhookBook {
  readonly #control: ControlPort;
  readonly #byId = new Map<string, Kept>();

  private constructor(control: ControlPort) {
    this.#control = control;
  }

  static async open(control: ControlPort): Promise<WebhookBook> {
    const book = new WebhookBook(control);
    for (const { value, version } of await control.list(webhookKeys.all)) {
      const webhook: Webhook = JSON.parse(value);
      book.#byId.set(webhook.id, { webhook, version });
    }
    return book;
  }

  all(): Webhook[] {
    return [...this.#byId.values()].map(({ webhook }) => webhook);
  }

  /** In the order of being made. */
  ofTenant(tenant: TenantId): Webhook[] {
    const own = this.all().filter((webhook) => webhook.tenant === tenant);
    return own.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Throws webhook_not_found. */
  get(tenant: TenantId, id: string): Webhook {
    return this.#kept(tenant, id).webhook;
  }

  /** Durable when it resolves. */
  async add(webhook: Webhook): Promise<void> {
    await this.#write(webhook, 0);
  }

  /** Throws version_conflict where somebody else was faster. */
  async replace(webhook: Webhook): Promise<void> {
    await this.#write(webhook, this.#kept(webhook.tenant, webhook.id).version);
  }

  async remove({ tenant, id }: Webhook): Promise<void> {
    this.#byId.delete(id);
    await this.#control.delete(webhookKeys.webhook(tenant, id));
  }

  async #write(webhook: Webhook, expected: number): Promise<void> {
    const key = webhookKeys.webhook(webhook.tenant, webhook.id);
    const version = await this.#control.putIfVersion(key, JSON.stringify(webhook), expected);
    if (version === undefined) {
      throw new MemoryError('version_conflict', 'Somebody else has changed it meanwhile.');
    }
    this.#byId.set(webhook.id, { webhook, version });
  }

  #kept(tenant: TenantId, id: string): Kept {
    const kept = this.#byId.get(id);
    if (kept?.webhook.tenant !== tenant) throw new MemoryError('webhook_not_found');
    return kept;
  }
}
