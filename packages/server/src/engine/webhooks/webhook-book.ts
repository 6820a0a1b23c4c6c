/** Keeps webhooks in control documents; all of them are held in memory. */
import { MemoryError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/memory.ts';
import { readHeld } from '../../peers/read-held.ts';
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
  readonly #byDocument = new Map<string, Kept>();

  private constructor(control: ControlPort) {
    this.#control = control;
  }

  static async open(control: ControlPort): Promise<WebhookBook> {
    const book = new WebhookBook(control);
    await book.reload();
    return book;
  }

  /**
   * Reads what other servers have changed: the documents that are named, or all. Tells which
   * webhooks are not what they were, those that are gone included.
   */
  async reload(documents?: readonly string[]): Promise<Webhook[]> {
    const changed: Webhook[] = [];
    const found = await readHeld(this.#control, webhookKeys.all, documents);
    for (const [document, stored] of found) {
      const before = this.#byDocument.get(document);
      const webhook: Webhook | undefined = stored && JSON.parse(stored.value);
      if (!stored && before) changed.push(this.#drop(before.webhook));
      // A write of this server may have come in between.
      if (!stored || !webhook || (before?.version ?? 0) >= stored.version) continue;
      this.#hold({ webhook, version: stored.version });
      changed.push(webhook);
    }
    if (documents !== undefined) return changed;
    for (const [document, { webhook }] of [...this.#byDocument]) {
      // One that was made while the list was read is not in it.
      const isGone = !found.has(document) && !(await this.#control.get(document));
      if (isGone) changed.push(this.#drop(webhook));
    }
    return changed;
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

  /** Written as it is, so that the server that sends for it looks at it again. */
  async touch({ tenant, id }: Webhook): Promise<void> {
    const key = webhookKeys.webhook(tenant, id);
    for (;;) {
      const kept = this.#tenants.get(tenant)?.get(id);
      if (!kept) return;
      const value = JSON.stringify(kept.webhook);
      const version = await this.#control.putIfVersion(key, value, kept.version);
      if (version !== undefined) return this.#hold({ webhook: kept.webhook, version });
      // Somebody else has written it, perhaps before there was anything to look at.
      await this.reload([key]);
    }
  }

  async remove(webhook: Webhook): Promise<void> {
    this.#drop(webhook);
    await this.#control.delete(webhookKeys.webhook(webhook.tenant, webhook.id));
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
    this.#byDocument.set(webhookKeys.webhook(tenant, id), kept);
  }

  #drop(webhook: Webhook): Webhook {
    const { tenant, id } = webhook;
    const own = this.#tenants.get(tenant);
    own?.delete(id);
    if (own?.size === 0) this.#tenants.delete(tenant);
    this.#byDocument.delete(webhookKeys.webhook(tenant, id));
    return webhook;
  }

  #kept(tenant: TenantId, id: string): Kept {
    const kept = this.#tenants.get(tenant)?.get(id);
    if (kept === undefined) throw new MemoryError('webhook_not_found');
    return kept;
  }
}
