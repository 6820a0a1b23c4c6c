/** The namespaces of a tenant, page by page, ordered by name. */
import type { NamespaceName } from '../../domain/memory.ts';
import type { NamespaceInfo } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import type { Scope } from '../scope.ts';

export interface NamespacePage {
  readonly namespaces: readonly NamespaceInfo[];
  /** The last name of this page, when more may follow. */
  readonly nextAfter?: NamespaceName;
}

export async function namespaces(
  deps: EngineDeps,
  scope: Scope,
  options: { after?: NamespaceName; limit: number },
): Promise<NamespacePage> {
  const records = openRecords(deps, scope);
  const found = await records.namespaces({ ...options, limit: options.limit + 1 });
  const page = found.slice(0, options.limit);
  const last = page.at(-1);
  if (!last || found.length <= options.limit) return { namespaces: page };
  return { namespaces: page, nextAfter: last.name };
}
