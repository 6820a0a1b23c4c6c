/** People and projects that come up on several days, as lines: without I/O and clock. */
import type { Turns } from '../../util/turns.ts';
import type { ProfileLine } from './profile-line.ts';
import { type Named, type Trace, tracesAtOnce } from './trace.ts';

export interface NamedLine extends Pick<Named, 'section' | 'normal'> {
  readonly line: () => ProfileLine;
}

interface Count {
  readonly named: Named;
  readonly days: Set<number>;
  /** The newest first. */
  readonly newest: Trace[];
  isSpeaker: boolean;
}

const dayMs = 86_400_000;
const daysMin = 2;
const sourcesMax = 3;

/**
 * Those that come up on the most days first; of equal ones those that came up last. `traces` come
 * the newest first, and `ownNames` are what the user is called.
 */
export async function oftenNamed(
  traces: readonly Trace[],
  ownNames: ReadonlySet<string>,
  turns: Turns,
): Promise<NamedLine[]> {
  const counts = new Map<string, Count>();
  for (const [i, trace] of traces.entries()) {
    if (i % tracesAtOnce === 0 && turns.due()) await turns.next();
    if (trace.isFlagged) continue;
    for (const named of trace.names) count(counts, named, trace);
  }
  foldShortNames(counts);
  const speakers = [...counts.values()].filter(({ isSpeaker }) => isSpeaker);
  // The only one who speaks, beside an assistant, is the user.
  const alone = speakers.length === 1 ? speakers[0] : undefined;
  // The user, or what is known to be a project.
  const isOther = (name: string) => ownNames.has(name) || counts.has(`projects ${name}`);
  return [...counts.values()]
    .filter((one) => one !== alone && one.days.size >= daysMin)
    .filter(({ named: { section, normal } }) => section === 'projects' || !isOther(normal))
    .sort((a, b) => b.days.size - a.days.size || lastOf(b) - lastOf(a))
    .map((one) => ({ ...one.named, line: () => lineFrom(one) }));
}

function count(counts: Map<string, Count>, named: Named, trace: Trace): void {
  const name = `${named.section} ${named.normal}`;
  const known = counts.get(name) ?? { named, days: new Set(), newest: [], isSpeaker: false };
  counts.set(name, known);
  known.days.add(Math.floor(trace.occurredAt / dayMs));
  if (known.newest.length < sourcesMax) known.newest.push(trace);
  known.isSpeaker ||= named.isSpeaker;
}

/** "Clara" is Clara Jones where nobody else is called so. */
function foldShortNames(counts: Map<string, Count>): void {
  const longer = new Map<string, string[]>();
  for (const name of counts.keys()) {
    const [section = '', first = '', ...rest] = name.split(' ');
    if (section !== 'people' || rest.length === 0) continue;
    const short = `${section} ${first}`;
    longer.set(short, [...(longer.get(short) ?? []), name]);
  }
  for (const [short, names] of longer) {
    const [few, many] = [counts.get(short), counts.get(names[0] ?? '')];
    if (few === undefined || many === undefined || names.length > 1) continue;
    for (const day of few.days) many.days.add(day);
    const all = [...new Set([...many.newest, ...few.newest])];
    many.newest.splice(0, Infinity, ...all.sort((a, b) => b.ordinal - a.ordinal));
    many.newest.splice(sourcesMax);
    many.isSpeaker ||= few.isSpeaker;
    counts.delete(short);
  }
}

const lastOf = ({ newest: [last] }: Count): number => last?.ordinal ?? 0;

function lineFrom({ named, days, newest }: Count): ProfileLine {
  const last = new Date(Math.max(...days) * dayMs).toISOString().slice(0, 10);
  return {
    text: `${named.shown}: comes up on ${days.size} days, last on ${last}`,
    sources: newest.map(({ id }) => id),
    updatedAt: Math.max(...newest.map(({ updatedAt }) => updatedAt)),
    // Two days may be chance; with each further one less so.
    confidence: 1 - 1 / (1 + days.size),
    isFlagged: false,
    ordinal: null,
  };
}
