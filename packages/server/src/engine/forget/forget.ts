/** The verb forget: by id or by key, gone from every answer when the promise resolves. */
import { MemoryError } from '../../domain/errors.ts';
import type { MemoryId, NamespaceName } from '../../domain/memory.ts';
import type { EraseOp, TenantRecords } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { doneElsewhere } from '../once/once.ts';
import type { Scope } from '../scope.ts';
import { noteOf, replayForget } from './replay.ts';

export type ForgetRequest =
  | { readonly memoryId: MemoryId; readonly namespace?: NamespaceName }
  | { readonly key: string; readonly namespace: NamespaceName };

/** What was done, without content. */
export interface ForgetReceipt {
  readonly namespace: NamespaceName;
  /** Memories that are gone: rows, history and index entries. */
  readonly forgotten: number;
  /** The change that did it; absent when nothing matched. */
  readonly seq?: number;
  readonly at: number;
}

/** Tries against writers of the same rows. */
const attemptsMax = 8;

/** By id: memory_not_found when there is none. By key: the whole thread and the whole chain. */
export async function forget(
  deps: EngineDeps,
  scope: Scope,
  request: ForgetRequest,
): Promise<ForgetReceipt> {
  const records = deps.records.open(scope.tenant);
  const { once } = scope;
  const former = once?.former();
  if (former) return replayForget(request, former);
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const { namespace, ops } =
      'memoryId' in request
        ? await selectById(records, request)
        : await selectByKey(deps, scope, records, request);
    const at = deps.clock.now();
    const note = noteOf(request, { namespace, forgotten: ops.length, at });
    const receipts = once ? [once.receipt(note, { op: ops.length - 1 })] : [];
    if (ops.length === 0) {
      if (once && !(await records.keepReceipts(receipts))) throw doneElsewhere();
      return { namespace, forgotten: 0, at };
    }
    const result = await records.commit(namespace, { ops, receipts });
    if (result.ok) {
      const seq = result.namespace.seq;
      return { namespace, forgotten: ops.length, seq, at: result.namespace.changedAt };
    }
    if (result.repeated) throw doneElsewhere();
  }
  throw new MemoryError('version_conflict', 'Others keep writing what is to be forgotten.');
}

interface Selection {
  readonly namespace: NamespaceName;
  readonly ops: EraseOp[];
}

async function selectById(
  records: TenantRecords,
  { memoryId, namespace }: { memoryId: MemoryId; namespace?: NamespaceName },
): Promise<Selection> {
  const found = await records.byId([memoryId]);
  const match = found.find((item) => namespace === undefined || item.namespace === namespace);
  if (!match) throw new MemoryError('memory_not_found');
  const { ordinal, version } = match.row;
  return { namespace: match.namespace, ops: [{ op: 'erase', ordinal, expectedVersion: version }] };
}

async function selectByKey(
  deps: EngineDeps,
  scope: Scope,
  records: TenantRecords,
  { key, namespace }: { key: string; namespace: NamespaceName },
): Promise<Selection> {
  const info = await records.namespace(namespace);
  if (!info) return { namespace, ops: [] };
  const rows = await records.allByKey(info.no, deps.hashKey(scope.tenant, namespace, key));
  const ops = rows.map(
    ({ ordinal, version }): EraseOp => ({ op: 'erase', ordinal, expectedVersion: version }),
  );
  return { namespace, ops };
}
