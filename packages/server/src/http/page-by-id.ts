/** Pages of lists in the order of ids, which is the order of being made, or the other way round. */
import { z } from '@hono/zod-openapi';
import { limits } from '../domain/limits.ts';

/** Of the query string. */
export const pageFields = {
  limit: z.number().int().min(1).max(limits.listLimitMax).optional(),
  cursor: z.string().optional(),
};

export interface PageById {
  readonly limit: number;
  /** The id of the last item before: pages stay right while others come and go. */
  readonly after?: string;
}

export function pageAsked({
  limit = limits.listLimitDefault,
  cursor,
}: {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}): PageById {
  return { limit, ...(cursor !== undefined && { after: cursor }) };
}

/** `found`: what follows `after`, at least one more than the page where there are more. */
export function pageOf<Item extends { readonly id: string }>(
  found: readonly Item[],
  { limit }: PageById,
): { readonly items: readonly Item[]; readonly nextCursor: string | null } {
  const items = found.slice(0, limit);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}
