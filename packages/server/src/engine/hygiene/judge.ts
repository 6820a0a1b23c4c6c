/** What the policies make of the content of a memory: its flags, its trust, a refusal. */
import { requireAudience } from '../../domain/access.ts';
import { decodeBody } from '../../domain/body-codec.ts';
import { MemoryError } from '../../domain/errors.ts';
import type { Flag, HygienePolicies } from '../../domain/hygiene.ts';
import type { Audience, MemoryBody, NamespaceName, Trust } from '../../domain/memory.ts';
import type { RecordRow } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import { hygieneOf } from '../namespaces/settings.ts';
import type { NewContent } from '../patch-op.ts';
import type { Scope } from '../scope.ts';
import { type Content, contentFields, inspect, type PlacedFinding, redact } from './inspect.ts';

export interface Verdict<C> {
  /** Redacted where the policy says so. */
  readonly content: C;
  readonly flags: readonly Flag[];
  readonly trust: Trust;
}

/** Throws content_refused, which names what and where, and never what was found. */
export async function judge<C extends Content>(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  content: C,
  audience: Audience,
): Promise<Verdict<C>> {
  // What the application says of itself is made of instructions.
  const found = inspect(content).filter(
    ({ kind }) => kind !== 'instructions' || audience !== 'system',
  );
  if (found.length === 0) return { content, flags: [], trust: 'normal' };
  const policies = await hygieneOf(deps, scope, namespace);
  const wanted = found.filter(({ kind }) => policies[kind] !== 'off');
  for (const finding of wanted) refuse(finding, policies);
  const redacted = wanted.filter(({ kind }) => policies[kind] === 'redact');
  const flags = distinct(wanted.map((finding) => flagOf(finding, policies)));
  return {
    content: redacted.length === 0 ? content : { ...content, ...redact(content, redacted) },
    flags,
    trust: trustOf(flags),
  };
}

function refuse({ kind, type, field, isFixed }: PlacedFinding, policies: HygienePolicies): void {
  const policy = policies[kind];
  if (policy !== 'refuse' && !(policy === 'redact' && isFixed)) return;
  const cannot = policy === 'redact' ? ' A name cannot be redacted.' : '';
  const message = `${field} holds what this namespace does not keep: ${type} (${kind}).${cannot}`;
  throw new MemoryError('content_refused', message, { details: { kind, type, field } });
}

function flagOf({ kind, type, field }: PlacedFinding, policies: HygienePolicies): Flag {
  const policy = policies[kind];
  const others = policy === 'redact' ? 'redacted' : 'flagged';
  return { kind, type, field, action: policy === 'quarantine' ? 'quarantined' : others };
}

/** A memory of many findings tells so many at most, and the worst of them. */
const flagsMax = 32;
/** Worst first. */
const actionOrder = ['quarantined', 'flagged', 'redacted'] as const;

function distinct(flags: readonly Flag[]): Flag[] {
  const known = new Map(flags.map((flag) => [nameOf(flag), flag]));
  const flagsOf = (action: Flag['action']) =>
    [...known.values()].filter((one) => one.action === action);
  return actionOrder.flatMap(flagsOf).slice(0, flagsMax);
}

const nameOf = ({ kind, type, field }: Flag): string => JSON.stringify([kind, type, field]);

/** Strictest first. */
const trustOrder = ['quarantined', 'flagged', 'normal'] as const;

/** What was redacted is no longer there. */
function trustOf(flags: readonly Flag[]): Trust {
  const actions = new Set<string>(flags.map(({ action }) => action));
  return trustOrder.find((trust) => actions.has(trust)) ?? 'normal';
}

export function stricter(a: Trust, b: Trust): Trust {
  return trustOrder.find((trust) => trust === a || trust === b) ?? 'normal';
}

/** Of a body that takes up what another store says too: what is new counts. */
export function mergedFlags(
  { flags: former = [] }: Pick<MemoryBody, 'flags'>,
  flags: readonly Flag[],
  trust: Trust,
): { readonly flags: readonly Flag[]; readonly trust: Trust } {
  const merged = distinct([...flags, ...former]);
  const known = new Set(former.map(nameOf));
  const isNew = flags.some((flag) => !known.has(nameOf(flag)));
  return { flags: merged, trust: isNew ? stricter(trust, trustOf(flags)) : trust };
}

/**
 * What a patch names is judged anew; flags on other fields stay, and a release or a quarantine by
 * hand with them. To set the trust by hand takes the `system` permission.
 */
export async function judgePatch(
  deps: EngineDeps,
  scope: Scope,
  namespace: NamespaceName,
  { row, patch, content }: PatchedContent,
): Promise<NewContent | undefined> {
  const wanted = patch.trust !== undefined && patch.trust !== row.trust ? patch.trust : undefined;
  if (wanted) requireAudience(scope.access, namespace, 'system');
  const byHand = wanted && { trust: wanted };
  if (content === undefined) return byHand && { columns: byHand };
  const current = decodeBody(row.body);
  const body = content.body ?? current;
  const audience = content.columns.audience ?? row.audience;
  const named = contentFields.filter((name) => Object.hasOwn(patch, name));
  const touched = new Set<string>(audience === row.audience ? named : contentFields);
  const parts = Object.entries(body).filter(([name]) => touched.has(name));
  const verdict = await judge(deps, scope, namespace, Object.fromEntries(parts), audience);
  const isTouched = ({ field }: Flag) => touched.has(/^[a-z]+/.exec(field)?.[0] ?? '');
  const former = body.flags ?? [];
  const flags = [...former.filter((flag) => !isTouched(flag)), ...verdict.flags];
  const isAbout = verdict.flags.length > 0 || former.some(isTouched);
  const trust = wanted ?? (isAbout ? trustOf(flags) : row.trust);
  const columns = { ...content.columns, ...(trust !== row.trust && { trust }) };
  if (!isAbout) return { ...content, columns };
  const { flags: _, ...others } = body;
  return { body: { ...others, ...verdict.content, ...flagsField(flags) }, columns };
}

interface PatchedContent {
  readonly row: RecordRow;
  readonly patch: { readonly trust?: Trust };
  /** What the patch makes of the row; undefined for nothing. */
  readonly content: NewContent | undefined;
}

/** Bodies without flags have no field for them. */
export function flagsField(flags: readonly Flag[]): Pick<MemoryBody, 'flags'> {
  return flags.length === 0 ? {} : { flags: [...flags] };
}

/** The trust that comes with a former body: that of its flags, unless none of the two has any. */
export function restoredTrust(row: RecordRow, former: RecordRow): Trust {
  const flags = decodeBody(former.body).flags ?? [];
  const isAbout = flags.length > 0 || (decodeBody(row.body).flags ?? []).length > 0;
  return isAbout ? stricter(trustOf(flags), former.trust) : row.trust;
}
