/** What crosses between the threads of one store and its writer thread. */
import type { MessagePort } from 'node:worker_threads';
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import type {
  AnalysisUpdate,
  Batch,
  CommitResult,
  IndexSave,
  Receipt,
  VectorUpdate,
} from '../../ports/records.ts';
import type { VectorChunk, VectorGoal } from './apply-vectors.ts';
import type { Fault } from './sqlite-errors.ts';

/** Each kind of write: what is asked and what is answered. */
export interface WriteKinds {
  commit: {
    /** `now` is the asker's clock; the writer never lets a namespace's time go back. */
    request: { tenant: TenantId; name: NamespaceName; batch: Batch; now: number };
    result: CommitResult;
  };
  keepReceipts: {
    request: { tenant: TenantId; receipts: readonly Receipt[]; now: number };
    result: boolean;
  };
  removeNamespace: { request: { tenant: TenantId; namespaceNo: number }; result: boolean };
  saveAnalyses: {
    request: { namespaceNo: number; rows: readonly AnalysisUpdate[] };
    result: undefined;
  };
  saveImage: {
    request: { namespaceNo: number; generation: number; image: IndexSave };
    result: boolean;
  };
  dropImage: { request: { namespaceNo: number; generation: number }; result: undefined };
  saveVectors: {
    request: { generation: number; rows: readonly VectorUpdate[] };
    result: number;
  };
  awaitVectors: { request: VectorChunk; result: number | undefined };
  useGeneration: { request: VectorGoal; result: boolean };
  closeGeneration: { request: { generation: number }; result: boolean };
  dropVectors: { request: VectorChunk; result: number | undefined };
  putControl: {
    request: { key: string; value: string; expected: number };
    result: number | undefined;
  };
  deleteControl: { request: { key: string }; result: boolean };
  /** A write that changes nothing, to learn whether the disk takes writes again. */
  probe: { request: Record<never, never>; result: undefined };
}

export type WriteKind = keyof WriteKinds;
export type WriteRequest = {
  [Kind in WriteKind]: { readonly kind: Kind } & Readonly<WriteKinds[Kind]['request']>;
}[WriteKind];
export type WriteResult = WriteKinds[WriteKind]['result'];

export interface NumberedRequest {
  /** Chosen by the asker, unique on its port. */
  readonly id: number;
  readonly request: WriteRequest;
}

export type ToWriter =
  | { readonly type: 'requests'; readonly requests: readonly NumberedRequest[] }
  /** Another thread of the process will ask through this port. */
  | { readonly type: 'attach'; readonly port: MessagePort }
  /** Write the file anew when nothing waits; nothing else is written meanwhile. */
  | { readonly type: 'compact'; readonly id: number }
  | { readonly type: 'close' };

export type Reply =
  | { readonly id: number; readonly ok: true; readonly result: WriteResult }
  | { readonly id: number; readonly ok: false; readonly fault: Fault };

export type FromWriter =
  /** The file is open and on the newest schema. */
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly fault: Fault }
  | { readonly type: 'replies'; readonly replies: readonly Reply[] };

/** What the writer's thread is started with. */
export interface WriterData {
  readonly folder: string;
}
