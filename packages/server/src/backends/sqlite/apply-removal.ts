/** Removes an empty namespace, inside the writer's transaction. */
import type { TenantId } from '../../domain/memory.ts';
import type { Connection } from './connection.ts';

export const removalSql = {
  find: 'SELECT tenant, memories FROM namespaces WHERE no = ?',
  dropChanges: 'DELETE FROM changes WHERE namespace_no = ?',
  dropThreads: 'DELETE FROM threads WHERE namespace_no = ?',
  dropSegments: 'DELETE FROM segments WHERE namespace_no = ?',
  dropManifests: 'DELETE FROM manifests WHERE namespace_no = ?',
  dropNamespace: 'DELETE FROM namespaces WHERE no = ?',
};

/** False, and nothing removed, where the namespace has rows or is not the tenant's. */
export function applyRemoval(
  db: Connection,
  { tenant, namespaceNo }: { tenant: TenantId; namespaceNo: number },
): boolean {
  const found = db.get<{ tenant: string; memories: number }>(removalSql.find, namespaceNo);
  if (found?.tenant !== tenant || found.memories > 0) return false;
  const { dropChanges, dropThreads, dropSegments, dropManifests, dropNamespace } = removalSql;
  for (const sql of [dropChanges, dropThreads, dropSegments, dropManifests, dropNamespace]) {
    db.run(sql, namespaceNo);
  }
  return true;
}
