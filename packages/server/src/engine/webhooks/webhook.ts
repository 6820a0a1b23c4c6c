/** What a webhook is, as it lies in control. */
import { type Access, accessOf, type Grant } from '../../domain/access.ts';
import type { EventPattern } from '../../domain/events.ts';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';

/** Content that is sent beside the ids. */
export const webhookIncludes = ['value'] as const;
export type WebhookInclude = (typeof webhookIncludes)[number];

/** Times are milliseconds since 1970 UTC. */
export interface Webhook {
  readonly id: string;
  readonly tenant: TenantId;
  readonly url: string;
  readonly events: readonly EventPattern[];
  /** Names, in which `*` stands for any characters. */
  readonly namespaces: readonly string[];
  readonly include: readonly WebhookInclude[];
  readonly description: string;
  /** The key that made it: its grants are the bounds, and without it nothing is sent. */
  readonly keyId: string;
  /** Of that key; grants of a key never change. */
  readonly grants: readonly Grant[];
  /** In plain text: without it nothing can be signed. */
  readonly secret: string;
  /** Signs beside the new one until then. */
  readonly former?: { readonly secret: string; readonly until: number };
  readonly createdAt: number;
  readonly disabled?: { readonly at: number; readonly reason: DisabledReason };
}

/** `failing`: nothing got through for days. `asked`: somebody switched it off. */
export type DisabledReason = 'failing' | 'asked';

/** What its key may see, narrowed to the namespaces that it names. */
export function accessOfWebhook({ grants, namespaces }: Webhook): Access {
  const granted = accessOf(grants, 'read');
  const named = accessOf([{ permissions: ['read'], namespaces }], 'read');
  const allows = (name: NamespaceName): boolean => named.allows(name) && granted.allows(name);
  return { ...granted, isFull: granted.isFull && named.isFull, allows };
}
