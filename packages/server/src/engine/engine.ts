/** The engine: all that a surface may hold. One method per thing a user can do. */
import type { MemoryError } from '../domain/errors.ts';
import type { Memory, MemoryId, NamespaceName } from '../domain/memory.ts';
import type { MemoryInput } from '../domain/memory-input.ts';
import { createMutex } from '../util/mutex.ts';
import { type AuditReport, type AuditRequest, audit } from './audit/audit.ts';
import { buildContext, type ContextAnswer, type ContextRequest } from './context/context.ts';
import type { EngineDeps } from './deps.ts';
import type { Dreams } from './dream/dreams.ts';
import type { Schedules } from './dream/schedules.ts';
import {
  dropEmbeddings,
  type EmbeddingsStatus,
  embeddingsStatus,
  rollBackEmbeddings,
} from './embed/status.ts';
import { type Export, type ExportRequest, exportNamespace } from './export/export.ts';
import {
  type AllReceiptsPage,
  type AllReceiptsRequest,
  listAllReceipts,
} from './forget/all-receipts.ts';
import { type ForgetAnswer, type ForgetRequest, forget } from './forget/forget.ts';
import type { ForgetReceipt } from './forget/receipt.ts';
import {
  listReceipts,
  type ReceiptPage,
  type ReceiptsRequest,
  readReceipt,
} from './forget/receipts.ts';
import { type History, type HistoryRequest, history } from './history/history.ts';
import type { ImportItem, ImportOutcome } from './import/import-item.ts';
import { importMany } from './import/import-many.ts';
import { getByKey, type KeyAnswer } from './list/get-by-key.ts';
import {
  type GetOptions,
  get,
  type KeyTimes,
  type ListPage,
  type ListRequest,
  list,
} from './list/list.ts';
import { type NamespacePage, namespaces } from './list/namespaces.ts';
import {
  getNamespace,
  type NamespaceDetail,
  type NamespacePatch,
  updateNamespace,
} from './namespaces/settings.ts';
import { createOnce, type RunOnce } from './once/once.ts';
import { type Profile, readProfile } from './profile/profile.ts';
import { type RecallAnswer, type RecallRequest, recall } from './recall/recall.ts';
import { type WhyNotAnswer, type WhyNotRequest, whyNot } from './recall/why-not.ts';
import type { Scope } from './scope.ts';
import { type CompareRequest, type Comparison, compareSnapshot } from './snapshots/compare.ts';
import { type RestoreReport, type RestoreRequest, restoreSnapshot } from './snapshots/restore.ts';
import {
  createSnapshot,
  deleteSnapshot,
  listSnapshots,
  type Snapshot,
} from './snapshots/snapshots.ts';
import { type StoreOutcome, store } from './store/store.ts';
import { type BulkItem, type ItemOutcome, storeMany } from './store/store-many.ts';
import type { MemoryPatch } from './update/apply-patch.ts';
import { type MemoryTarget, setArchived, type UpdateOutcome, update } from './update/update.ts';

export interface Engine {
  /** Consolidation: plans that are read, applied and undone. */
  readonly dreams: Dreams;
  /** Dreams that start by themselves. */
  readonly schedules: Schedules;
  /** Runs what its sender named at most once: the verbs that it calls get a scope that knows it. */
  readonly once: RunOnce;
  store(scope: Scope, namespace: NamespaceName, input: MemoryInput): Promise<StoreOutcome>;
  storeMany(scope: Scope, items: readonly (BulkItem | MemoryError)[]): Promise<ItemOutcome[]>;
  recall(scope: Scope, request: RecallRequest): Promise<RecallAnswer>;
  whyNot(scope: Scope, request: WhyNotRequest): Promise<WhyNotAnswer>;
  context(scope: Scope, request: ContextRequest): Promise<ContextAnswer>;
  list(scope: Scope, request: ListRequest): Promise<ListPage>;
  get(scope: Scope, id: MemoryId, options?: GetOptions): Promise<Memory>;
  getByKey(
    scope: Scope,
    namespace: NamespaceName,
    key: string,
    times?: KeyTimes,
  ): Promise<KeyAnswer>;
  update(scope: Scope, target: MemoryTarget, patch: MemoryPatch): Promise<UpdateOutcome>;
  setArchived(scope: Scope, target: MemoryTarget, archived: boolean): Promise<UpdateOutcome>;
  history(scope: Scope, request: HistoryRequest): Promise<History>;
  forget(scope: Scope, request: ForgetRequest): Promise<ForgetAnswer>;
  forgetReceipt(scope: Scope, id: string): Promise<ForgetReceipt>;
  forgetReceipts(scope: Scope, request: ReceiptsRequest): Promise<ReceiptPage>;
  /** Of every tenant: who asks was found to be an operator before. */
  allForgetReceipts(request: AllReceiptsRequest): Promise<AllReceiptsPage>;
  namespaces(
    scope: Scope,
    options: { after?: NamespaceName; limit: number },
  ): Promise<NamespacePage>;
  namespace(scope: Scope, name: NamespaceName): Promise<NamespaceDetail>;
  updateNamespace(
    scope: Scope,
    name: NamespaceName,
    patch: NamespacePatch,
  ): Promise<NamespaceDetail>;
  /** What is wrong with the memories of a namespace, in numbers. */
  audit(scope: Scope, request: AuditRequest): Promise<AuditReport>;
  /** Who the user of a namespace is, in lines with their sources. */
  profile(scope: Scope, name: NamespaceName): Promise<Profile>;
  exportNamespace(scope: Scope, request: ExportRequest): Promise<Export>;
  importMany(
    scope: Scope,
    namespace: NamespaceName,
    items: readonly ImportItem[],
  ): Promise<ImportOutcome[]>;
  createSnapshot(scope: Scope, namespace: NamespaceName, name: string): Promise<Snapshot>;
  snapshots(scope: Scope, namespace: NamespaceName): Promise<Snapshot[]>;
  compareSnapshot(scope: Scope, request: CompareRequest): Promise<Comparison>;
  restoreSnapshot(scope: Scope, request: RestoreRequest): Promise<RestoreReport>;
  deleteSnapshot(scope: Scope, namespace: NamespaceName, id: string): Promise<void>;
  /** Which generations of vectors there are, and how far each is. */
  embeddings(): Promise<EmbeddingsStatus>;
  rollBackEmbeddings(): Promise<EmbeddingsStatus>;
  dropEmbeddings(generation: number): Promise<EmbeddingsStatus>;
}

export function createEngine(
  deps: EngineDeps,
  { dreams, schedules }: Pick<Engine, 'dreams' | 'schedules'>,
): Engine {
  const audits = createMutex();
  return {
    dreams,
    schedules,
    once: createOnce(deps),
    store: (scope, namespace, input) => store(deps, scope, namespace, input),
    storeMany: (scope, items) => storeMany(deps, scope, items),
    recall: async (scope, request) => {
      const answer = await recall(deps, scope, request);
      // Without a question it is a list: nothing was recalled.
      const isAsked = request.query.trim() !== '';
      const memories = answer.results.map(({ memory }) => memory);
      deps.recallCounts.add(scope.tenant, isAsked ? memories : []);
      deps.handedOut.note(scope.tenant, request.namespace, request.query, memories);
      noteUnmet(deps, scope, request, answer);
      return answer;
    },
    whyNot: (scope, request) => whyNot(deps, scope, request),
    context: (scope, request) => buildContext(deps, scope, request),
    list: (scope, request) => list(deps, scope, request),
    get: (scope, id, options) => get(deps, scope, id, options),
    getByKey: (scope, namespace, key, times) => getByKey(deps, scope, namespace, key, times),
    update: (scope, target, patch) => update(deps, scope, target, patch),
    setArchived: (scope, target, archived) => setArchived(deps, scope, target, archived),
    history: (scope, request) => history(deps, scope, request),
    forget: (scope, request) => forget(deps, scope, request),
    forgetReceipt: (scope, id) => readReceipt(deps, scope, id),
    forgetReceipts: (scope, request) => listReceipts(deps, scope, request),
    allForgetReceipts: (request) => listAllReceipts(deps, request),
    namespaces: (scope, options) => namespaces(deps, scope, options),
    namespace: (scope, name) => getNamespace(deps, scope, name),
    updateNamespace: (scope, name, patch) => updateNamespace(deps, scope, name, patch),
    // One after the other: together they would take the thread from the searches.
    audit: (scope, request) => audits.run(() => audit(deps, scope, request)),
    profile: (scope, name) => readProfile(deps, scope, name),
    exportNamespace: (scope, request) => exportNamespace(deps, scope, request),
    importMany: (scope, namespace, items) => importMany(deps, scope, namespace, items),
    createSnapshot: (scope, namespace, name) => createSnapshot(deps, scope, namespace, name),
    snapshots: (scope, namespace) => listSnapshots(deps, scope, namespace),
    compareSnapshot: (scope, request) => compareSnapshot(deps, scope, request),
    restoreSnapshot: (scope, request) => restoreSnapshot(deps, scope, request),
    deleteSnapshot: (scope, namespace, id) => deleteSnapshot(deps, scope, namespace, id),
    embeddings: () => embeddingsStatus(deps),
    rollBackEmbeddings: () => rollBackEmbeddings(deps),
    dropEmbeddings: (generation) => dropEmbeddings(deps, generation),
  };
}

/** A search that was narrowed may find nothing although the answer is there. */
function noteUnmet(
  { unmet }: EngineDeps,
  { tenant }: Scope,
  { namespace, query, filter }: RecallRequest,
  { results }: RecallAnswer,
): void {
  if (query.trim() === '' || Object.keys(filter).length > 0) return;
  unmet.note(tenant, namespace, query, results[0]?.score ?? 0);
}
