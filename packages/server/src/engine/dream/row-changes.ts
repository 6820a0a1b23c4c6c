/** What becomes of each memory by all actions that touch it: one operation for each row. */
import { decodeBody } from '../../domain/body-codec.ts';
import type { ColumnPatch } from '../../domain/dream.ts';
import { limits } from '../../domain/limits.ts';
import { linksField } from '../../domain/links.ts';
import type { MemoryId, MemoryLink } from '../../domain/memory.ts';
import type { RecordRow, UpdateOp } from '../../ports/records.ts';
import type { Turns } from '../../util/turns.ts';
import type { EngineDeps } from '../deps.ts';
import { patchOp } from '../patch-op.ts';
import type { DreamAction } from './stored-dream.ts';

export interface RowChange {
  columns: ColumnPatch;
  isArchived: boolean;
  supersededBy?: MemoryId;
  links: MemoryLink[];
}

/** `addedIds`: what each action adds, by the action's id. */
export function changesOf(
  actions: readonly DreamAction[],
  addedIds: ReadonlyMap<string, MemoryId>,
): Map<MemoryId, RowChange> {
  const changes = new Map<MemoryId, RowChange>();
  const of = (id: MemoryId): RowChange => {
    const change = changes.get(id) ?? { columns: {}, isArchived: false, links: [] };
    changes.set(id, change);
    return change;
  };
  for (const action of actions) {
    for (const { memory, columns } of action.update ?? []) {
      const change = of(memory.id);
      change.columns = { ...change.columns, ...columns };
    }
    for (const { id } of action.archive ?? []) of(id).isArchived = true;
    for (const { memory, by } of action.supersede ?? []) {
      const winner = by === 'added' ? addedIds.get(action.id) : by.id;
      if (winner !== undefined) of(memory.id).supersededBy = winner;
    }
    for (const { from, type, to } of action.link ?? []) of(from.id).links.push({ type, id: to.id });
  }
  return changes;
}

/** Undefined where it would change nothing. */
export async function changeOp(
  deps: EngineDeps,
  row: RecordRow,
  { columns, isArchived, supersededBy, links }: RowChange,
  turns: Turns,
): Promise<UpdateOp | undefined> {
  const retired = {
    ...(isArchived && { archived: true }),
    ...(supersededBy !== undefined && { supersededAt: deps.clock.now(), supersededBy }),
  };
  const body = decodeBody(row.body);
  const linked = unitedLinks(body.links ?? [], links);
  const isLinked = linked.length > (body.links ?? []).length;
  const changed = { ...changedColumns(row, columns), ...retired };
  if (!isLinked && Object.keys(changed).length === 0) return undefined;
  const content = isLinked ? { body: { ...body, ...linksField(linked) } } : {};
  const op = await patchOp(deps, row, { ...content, columns: changed }, { waits: false, turns });
  if (isArchived) return { ...op, op: 'archive' };
  return supersededBy === undefined ? op : { ...op, op: 'supersede' };
}

function changedColumns(row: RecordRow, columns: ColumnPatch): ColumnPatch {
  const current: Record<string, unknown> = { ...row };
  const entries = Object.entries(columns);
  return Object.fromEntries(entries.filter(([name, value]) => current[name] !== value));
}

/** A memory has so many links at most; what is new and finds no room is left out. */
function unitedLinks(former: readonly MemoryLink[], added: readonly MemoryLink[]): MemoryLink[] {
  const key = ({ type, id }: MemoryLink): string => `${type} ${id}`;
  const known = new Set(former.map(key));
  const fresh = new Map(added.map((link) => [key(link), link]));
  const united = [...former];
  for (const [name, link] of fresh) {
    if (!known.has(name) && united.length < limits.linksMax) united.push(link);
  }
  return united;
}
