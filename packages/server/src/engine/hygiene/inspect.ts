/** Looks through everything that a memory says, and rewrites what must not be kept. */
import { type Finding, redactionOf } from '../../domain/hygiene.ts';
import type { JsonValue } from '../../domain/memory.ts';
import type { MemoryInput } from '../../domain/memory-input.ts';
import { findingsIn, textBreak, withoutOverlaps } from '../../text/findings.ts';

/** What of a memory is content of the caller. */
export type Content = Partial<Pick<MemoryInput, (typeof contentFields)[number]>>;

export const contentFields = [
  'value',
  'key',
  'type',
  'speaker',
  'tags',
  'metadata',
  'attachments',
  'links',
] as const;

export interface PlacedFinding extends Finding {
  /** `value`, `metadata`, `tags[0]`, `attachments[1].caption`, ... */
  readonly field: string;
  /** A name by which something is found again: it cannot be rewritten. */
  readonly isFixed: boolean;
  /** Which text of the content it stands in; offsets are those of the text. */
  readonly text: number;
}

/** One pass over all texts together, so that many small ones cost no more than a long one. */
export function inspect(content: Content): PlacedFinding[] {
  const segments: Segment[] = [];
  let all = '';
  rewrite(content, (text, { field, isFixed = false, isName = false }) => {
    segments.push({ start: all.length, end: all.length + text.length, field, isFixed });
    // A name and what it stands for are read as one line: "password: ...".
    all += text + (isName ? ': ' : textBreak);
    return text;
  });
  const found: PlacedFinding[] = [];
  let at = 0;
  for (const finding of findingsIn(all)) {
    while (at < segments.length && (segments[at]?.end ?? 0) <= finding.start) at += 1;
    const place = placeOf(finding, segments, at);
    if (place) found.push(place);
  }
  return found;
}

interface Segment {
  readonly start: number;
  readonly end: number;
  readonly field: string;
  readonly isFixed: boolean;
}

/** In the text that holds its end; one that goes on behind the text is cut. */
function placeOf(
  finding: Finding,
  segments: readonly Segment[],
  at: number,
): PlacedFinding | undefined {
  const first = segments[at];
  const second = segments[at + 1];
  if (!first) return undefined;
  // What begins in a name is about what the name stands for.
  const isBeyond = first.isFixed && second !== undefined && finding.end > second.start;
  const [segment, text] = isBeyond ? [second, at + 1] : [first, at];
  const start = Math.max(finding.start, segment.start) - segment.start;
  const end = Math.min(finding.end, segment.end) - segment.start;
  if (end <= start) return undefined;
  const { field, isFixed } = segment;
  return { ...finding, start, end, field, isFixed, text };
}

/** The content with a marker in place of each finding. Findings at fixed places stay. */
export function redact(content: Content, findings: readonly PlacedFinding[]): Content {
  const byText = new Map<number, PlacedFinding[]>();
  for (const finding of findings) {
    byText.set(finding.text, [...(byText.get(finding.text) ?? []), finding]);
  }
  let number = 0;
  const clean = rewrite(content, (text) => {
    let cleaned = text;
    for (const { start, end, type, isFixed } of apart(byText.get(number++)).toReversed()) {
      if (!isFixed) cleaned = cleaned.slice(0, start) + redactionOf(type) + cleaned.slice(end);
    }
    return cleaned;
  });
  return { ...clean, ...(clean.tags && { tags: [...new Set(clean.tags)] }) };
}

/** Of different kinds they may overlap: one marker stands for both. */
const apart = (found: readonly PlacedFinding[] = []): PlacedFinding[] => withoutOverlaps(found);

interface TextPlace {
  readonly field: string;
  readonly isFixed?: boolean;
  /** Of a JSON object's entry, which comes next. */
  readonly isName?: boolean;
}

/** Is given every text of the content in one order, and says what stands there from now on. */
type Visit = (text: string, place: TextPlace) => string;

function rewrite(content: Content, visit: Visit): Content {
  const { value, key, type, speaker, tags, metadata, attachments, links } = content;
  if (key !== undefined) visit(key, { field: 'key', isFixed: true });
  for (const [i, link] of (links ?? []).entries()) {
    visit(link.type, { field: `links[${i}].type`, isFixed: true });
  }
  return {
    ...content,
    ...(value !== undefined && { value: rewriteJson(value, 'value', visit) }),
    ...(type !== undefined && { type: visit(type, { field: 'type' }) }),
    ...(speaker !== undefined && { speaker: visit(speaker, { field: 'speaker' }) }),
    ...(tags && { tags: tags.map((tag, i) => visit(tag, { field: `tags[${i}]` })) }),
    ...(metadata && { metadata: rewriteObject(metadata, 'metadata', visit) }),
    ...(attachments && {
      attachments: attachments.map((attachment, i) => {
        const parts = Object.entries(attachment).map(([name, text]) => {
          const part = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
          return [name, visit(text, { field: `attachments[${i}].${part}` })];
        });
        return Object.fromEntries(parts);
      }),
    }),
  };
}

function rewriteJson(value: JsonValue, field: string, visit: Visit): JsonValue {
  if (typeof value === 'string') return visit(value, { field });
  if (typeof value === 'number') {
    const text = String(value);
    const said = visit(text, { field });
    return said === text ? value : said;
  }
  if (Array.isArray(value)) return value.map((each) => rewriteJson(each, field, visit));
  return value !== null && typeof value === 'object' ? rewriteObject(value, field, visit) : value;
}

function rewriteObject(object: Record<string, JsonValue>, field: string, visit: Visit) {
  const entries = Object.entries(object).map(([name, value]): [string, JsonValue] => {
    visit(name, { field, isFixed: true, isName: true });
    return [name, rewriteJson(value, field, visit)];
  });
  // fromEntries defines own properties, so that a name like __proto__ stays data.
  return Object.fromEntries(entries);
}
