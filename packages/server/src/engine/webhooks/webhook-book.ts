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
  /** In each by id. */
  readonly #tenants = new Map<TenantId, Map<string, Kept>>();

  private constructor(control: ControlPort) {
    this.#control = control;
  }

  static async open(control: ControlPort): Promise<WebhookBook> {
    const book = new WebhookBook(control);
    for (const { value, version } of await control.list(webhookKeys.all)) {
      book.#hold({ webhook: JSON.parse(value), version });
    }
    return book;
  }

  all(): Webhook[] {
    return [...this.#tenants.keys()].flatMap((tenant) => this.ofTenant(tenant));
  }

  ofTenant(tenant: TenantId): Webhook[] {
    return [...(this.#tenants.get(tenant)?.values() ?? [])].map(({ webhook }) => webhook);
  }

  find(tenant: TenantId, id: string): Webhook | undefined {
    return this.#tenants.get(tenant)?.get(id)?.webhook;
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
    const own = this.#tenants.get(tenant);
    own?.delete(id);
    if (own?.size === 0) this.#tenants.delete(tenant);
    await this.#control.delete(webhookKeys.webhook(tenant, id));
  }

  async #write(webhook: Webhook, expected: number): Promise<void> {
    const key = webhookKeys.webhook(webhook.tenant, webhook.id);
    const version = await this.#control.putIfVersion(key, JSON.stringify(webhook), expected);
    if (version === undefined) {
      throw new MemoryError('version_conflict', 'Somebody else has changed it meanwhile.');
    }
    this.#hold({ webhook, version });
  }

  #hold(kept: Kept): void {
    const { tenant, id } = kept.webhook;
    const own = this.#tenants.get(tenant) ?? new Map<string, Kept>();
    this.#tenants.set(tenant, own.set(id, kept));
  }

  #kept(tenant: TenantId, id: string): Kept {
    const kept = this.#tenants.get(tenant)?.get(id);
    if (kept === undefined) throw new MemoryError('webhook_not_found');
    return kept;
  }
}
