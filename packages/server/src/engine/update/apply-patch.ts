/** What a patch makes of a memory: its new body and columns. */
import { decodeBody } from '../../domain/body-codec.ts';
import { linksField } from '../../domain/links.ts';
import type {
  Attachment,
  Audience,
  JsonObject,
  JsonValue,
  MemoryBody,
  MemoryLink,
  Trust,
} from '../../domain/memory.ts';
import { checkMemoryInput, type MemoryInput } from '../../domain/memory-input.ts';
import { mergePatch } from '../../domain/merge-patch.ts';
import { sameJson, saysTheSame } from '../../domain/store-rules.ts';
import type { RecordRow, UpdateOp } from '../../ports/records.ts';
import type { NewContent } from '../patch-op.ts';

/**
 * What is not named stays; null takes away. Tags, attachments and links are replaced as a whole,
 * metadata is merged name by name. Times are milliseconds since 1970 UTC.
 */
export interface MemoryPatch {
  readonly value?: JsonValue;
  readonly type?: string | null;
  readonly tags?: readonly string[];
  readonly metadata?: JsonObject;
  readonly attachments?: readonly Attachment[];
  readonly links?: readonly MemoryLink[];
  readonly speaker?: string | null;
  readonly audience?: Audience;
  readonly occurredAt?: number;
  readonly validFrom?: number | null;
  readonly validTo?: number | null;
  readonly expiresAt?: number | null;
  readonly pinned?: boolean;
  readonly importance?: number;
  readonly confidence?: number;
  /** Set by hand: to release what is quarantined, or the other way round. */
  readonly trust?: Trust;
}

/** Undefined when the patch says nothing new. Throws what a store throws for the same fields. */
export function applyPatch(
  row: RecordRow,
  patch: MemoryPatch,
  valueBytesMax: number,
): NewContent | undefined {
  const current = decodeBody(row.body);
  const columns = changedColumns(row, patch);
  const wanted = checkMemoryInput(
    inputOf(current, { ...row, ...columns }, patch),
    // What was stored under a larger bound stays as it is.
    patch.value === undefined ? Number.POSITIVE_INFINITY : valueBytesMax,
  );
  const content = {
    ...withoutNamed(current, patch),
    value: wanted.value,
    tags: [...(wanted.tags ?? [])],
    metadata: wanted.metadata ?? {},
    attachments: [...(wanted.attachments ?? [])],
    ...linksField(wanted.links),
    ...(wanted.type !== undefined && { type: wanted.type }),
    ...(wanted.speaker !== undefined && { speaker: wanted.speaker }),
  };
  if (sameJson(asJson(current), asJson(content))) {
    return Object.keys(columns).length === 0 ? undefined : { columns };
  }
  if (saysTheSame(content, current)) return { body: content, columns };
  // What is corrected by hand repeats nobody any more.
  const { echoOf: _, ...body } = content;
  return { body, columns };
}

/** The whole memory as it would be, so that it passes the checks of a store. */
function inputOf(
  current: MemoryBody,
  { validFrom, validTo }: Pick<RecordRow, 'validFrom' | 'validTo'>,
  patch: MemoryPatch,
): MemoryInput {
  const type = patch.type === undefined ? current.type : patch.type;
  const speaker = patch.speaker === undefined ? current.speaker : patch.speaker;
  return {
    value: patch.value === undefined ? current.value : patch.value,
    tags: patch.tags ?? current.tags,
    metadata: patch.metadata ? mergePatch(current.metadata, patch.metadata) : current.metadata,
    attachments: patch.attachments ?? current.attachments,
    links: patch.links ?? current.links ?? [],
    ...(type != null && { type }),
    ...(speaker != null && { speaker }),
    ...(validFrom !== null && { validFrom }),
    ...(validTo !== null && { validTo }),
  };
}

/** Without the labels that a null takes away, and the links, which are named anew. */
function withoutNamed(current: MemoryBody, patch: MemoryPatch): MemoryBody {
  const { type, speaker, links: _, ...rest } = current;
  return {
    ...rest,
    ...(type !== undefined && patch.type !== null && { type }),
    ...(speaker !== undefined && patch.speaker !== null && { speaker }),
  };
}

const columnNames = [
  'audience',
  'occurredAt',
  'validFrom',
  'validTo',
  'expiresAt',
  'pinned',
  'importance',
  'confidence',
] as const;

function changedColumns(row: RecordRow, patch: MemoryPatch): NonNullable<UpdateOp['columns']> {
  const changed = columnNames.filter(
    (name) => patch[name] !== undefined && patch[name] !== row[name],
  );
  return Object.fromEntries(changed.map((name) => [name, patch[name]]));
}

function asJson(body: MemoryBody): JsonValue {
  return JSON.parse(JSON.stringify(body));
}
