/** Reads a profile. */

import type { JsonObject, JsonValue } from './json-types.ts';
import type { ProfileLine, ProfileResult } from './profile-types.ts';
import { count, isObject, objects, text, texts } from './read-wire.ts';

export function profileFrom(raw: JsonObject): ProfileResult {
  const sections = isObject(raw.sections) ? raw.sections : {};
  return {
    namespace: text(raw, 'namespace'),
    lookedAt: count(raw.looked_at, 0),
    complete: raw.complete === true,
    sections: {
      identity: linesFrom(sections.identity),
      preferences: linesFrom(sections.preferences),
      people: linesFrom(sections.people),
      projects: linesFrom(sections.projects),
      plans: linesFrom(sections.plans),
      openThreads: linesFrom(sections.open_threads),
      notes: linesFrom(sections.notes),
    },
    queryTimeMs: count(raw.query_time_ms, 0),
  };
}

function linesFrom(value: JsonValue | undefined): ProfileLine[] {
  return objects(value).map((line) => ({
    text: text(line, 'text'),
    sources: texts(line.sources),
    updatedAt: text(line, 'updated_at'),
    confidence: count(line.confidence, 0),
    trust: line.trust === 'flagged' ? 'flagged' : 'normal',
  }));
}
