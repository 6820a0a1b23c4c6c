/** Where the documents of webhooks lie in control. */
import type { TenantId } from '../../domain/memory.ts';

const place = encodeURIComponent;

export const webhookKeys = {
  all: 'webhooks/',
  allDeliveries: 'webhook-deliveries/',
  allLogs: 'webhook-logs/',
  webhook: (tenant: TenantId, id: string) => `webhooks/${place(tenant)}/${id}`,
  /** Deliveries that wait or were given up. */
  deliveries: (tenant: TenantId, id: string) => `webhook-deliveries/${place(tenant)}/${id}/`,
  log: (tenant: TenantId, id: string) => `webhook-logs/${place(tenant)}/${id}`,
  /** How far each webhook is in each namespace. */
  cursors: (tenant: TenantId) => `webhook-cursors/${place(tenant)}/`,
  cursorsOf: (tenant: TenantId, namespaceNo: number) =>
    `webhook-cursors/${place(tenant)}/${namespaceNo}/`,
  cursor: (tenant: TenantId, namespaceNo: number, id: string) =>
    `webhook-cursors/${place(tenant)}/${namespaceNo}/${id}`,
};

export function readCursorKey(key: string): { namespaceNo: number; webhookId: string } {
  const [, , no = '', webhookId = ''] = key.split('/');
  return { namespaceNo: Number(no), webhookId };
}
