/** Values for contract tests, made by number so that a failure is easy to read. */
import type { KeyHash, MemoryId, NamespaceName, TenantId } from '../../domain/memory.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ControlPort } from '../../ports/control.ts';
import type {
  CommitResult,
  EraseOp,
  NewColumns,
  PutOp,
  RecordsPort,
  UpdateOp,
} from '../../ports/records.ts';

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  time = 1_750_000_000_000;

  now(): number {
    return this.time;
  }

  randomBytes(length: number): Uint8Array {
    return new Uint8Array(length);
  }
}

export interface OpenStore {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  close(): Promise<void>;
}

export interface Backend {
  readonly name: string;
  /** A new, empty store. */
  open(clock: Clock): Promise<OpenStore>;
}

/** What the tests of one suite share. */
export interface Suite {
  readonly records: RecordsPort;
  readonly control: ControlPort;
  readonly clock: FakeClock;
  /** A tenant that no other test has. */
  tenant(): TenantId;
}

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');

export const idOf = (n: number): MemoryId =>
  `mem_0197a000-0000-7000-8000-${hex(n, 12)}` as MemoryId;

export const keyOf = (n: number): KeyHash => hex(n, 32) as KeyHash;

export const named = (name: string): NamespaceName => name as NamespaceName;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const text = (body: Uint8Array | null | undefined): string | undefined =>
  body ? new TextDecoder().decode(body) : undefined;

const plain: NewColumns = {
  id: idOf(0),
  kind: 'episode',
  audience: 'user',
  trust: 'normal',
  keyHash: null,
  occurredAt: 1_700_000_000_000,
  validFrom: null,
  validTo: null,
  expiresAt: null,
  supersedes: null,
  archived: false,
  pinned: false,
  importance: 0.5,
  confidence: 1,
};

/** A put of memory number `n`; its body says `body n`. */
export function put(n: number, columns: Partial<NewColumns> = {}, body = `body ${n}`): PutOp {
  return {
    op: 'put',
    columns: { ...plain, id: idOf(n), ...columns },
    body: bytes(body),
    analysis: bytes(`analysis ${n}`),
    vectors: [],
  };
}

export const patch = (
  ordinal: number,
  expectedVersion: number,
  rest: Omit<UpdateOp, 'op' | 'ordinal' | 'expectedVersion'> = {},
): UpdateOp => ({ op: 'patch', ordinal, expectedVersion, ...rest });

export const erase = (ordinal: number, expectedVersion: number): EraseOp => ({
  op: 'erase',
  ordinal,
  expectedVersion,
});

/** The result of a commit that has to succeed. */
export function done(result: CommitResult): Extract<CommitResult, { ok: true }> {
  if (!result.ok) throw new Error('the commit was refused');
  return result;
}
