/** Memory quality as numbers: what is there twice, stale, never asked for, or a secret. */
import { MemoryError } from '../../domain/errors.ts';
import { limits } from '../../domain/limits.ts';
import type { NamespaceName } from '../../domain/memory.ts';
import { createTurns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { openRecords } from '../open-records.ts';
import { memoryOf } from '../rows.ts';
import type { Scope } from '../scope.ts';
import { type AuditClass, type AuditFinding, Findings } from './findings.ts';
import { Inspector } from './inspect.ts';

export interface AuditRequest {
  readonly namespace: NamespaceName;
  /** Milliseconds; what is not looked at by then is left out, and the report says so. */
  readonly timeMs: number;
  /** Ids told per class. */
  readonly examplesMax: number;
}

export interface AuditReport {
  readonly namespace: NamespaceName;
  /** Replaced, archived and expired ones included. */
  readonly memories: number;
  /** The newest so many were looked at. */
  readonly lookedAt: number;
  readonly isComplete: boolean;
  /** When the counting of recalls began, in milliseconds since 1970 UTC. */
  readonly countingSince: number;
  readonly classes: Readonly<Record<AuditClass, AuditFinding>>;
}

/** Rows read at once: few, because each may have 32 KB. */
const pageRows = 8;

/** Newest first, in turns of a few milliseconds. Throws namespace_not_found. */
export async function audit(
  deps: EngineDeps,
  scope: Scope,
  request: AuditRequest,
): Promise<AuditReport> {
  const { namespace, timeMs, examplesMax } = request;
  const records = openRecords(deps, scope);
  const info = await records.namespace(namespace);
  if (!info) throw new MemoryError('namespace_not_found');
  const { recallCounts } = deps;
  const endsAt = performance.now() + timeMs;
  const findings = new Findings(examplesMax);
  const now = deps.clock.now();
  const { sinceMs: countingSince } = recallCounts;
  const recallsOf = await recallCounts.read(scope.tenant, namespace, info.no);
  const inspector = new Inspector({ now, countingSince, recallsOf }, findings);
  const turns = createTurns(scope.tenant);
  let lookedAt = 0;
  let after: number | undefined;
  let isComplete = false;
  while (!isComplete && lookedAt < limits.auditMemoriesMax && performance.now() < endsAt) {
    const place = after === undefined ? {} : { after };
    const page = { order: 'desc', limit: pageRows, all: true, ...place } as const;
    const rows = await records.page(info.no, page, now);
    for (const row of rows) {
      if (turns.due()) await turns.next();
      for (const _step of inspector.inspect(memoryOf(namespace, row))) {
        if (turns.due()) await turns.next();
      }
    }
    lookedAt += rows.length;
    after = rows.at(-1)?.ordinal;
    isComplete = rows.length < pageRows;
    if (turns.due()) await turns.next();
  }
  const { memories } = info;
  return { namespace, memories, lookedAt, isComplete, countingSince, classes: findings.all() };
}
