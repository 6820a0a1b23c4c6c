/** A line of the MCP memory server's file: an entity with its observations, or a relation. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import type { JsonObject } from '../../domain/memory.ts';
import type { ImportItem } from '../../engine/import/import-item.ts';
import { type LineSource, namedIdentity } from '../import/line-source.ts';

const name = z.string().min(1).max(limits.importNameCharsMax);

const entitySchema = z.object({
  type: z.literal('entity'),
  name,
  entityType: z.string().max(limits.importNameCharsMax),
  observations: z.array(z.string()).max(limits.importLinksMax),
});
const relationSchema = z.object({
  type: z.literal('relation'),
  from: name,
  to: name,
  relationType: name,
});
const mcpLineSchema = z.discriminatedUnion('type', [entitySchema, relationSchema]);

export function parseMcpLine(raw: unknown) {
  return mcpLineSchema.safeParse(raw);
}

/** One fact for each observation and relation: the graph's own grain, so a grown file adds. */
export function mcpItems(line: z.infer<typeof mcpLineSchema>, source: LineSource): ImportItem[] {
  if (line.type === 'relation') {
    const { from, to, relationType } = line;
    const metadata = { entity: from, relation: relationType, to };
    return [item(source, `${from} ${spoken(relationType)} ${to}`, 'relation', metadata)];
  }
  const { name, entityType, observations } = line;
  const metadata = { entity: name, entity_type: entityType };
  if (observations.length === 0) {
    return [item(source, `${name}: ${spoken(entityType)}`, 'entity', metadata)];
  }
  return [...new Set(observations)].map((text) =>
    item(source, `${name}: ${text}`, 'observation', metadata),
  );
}

function item(source: LineSource, value: string, type: string, metadata: JsonObject): ImportItem {
  return {
    line: source.line,
    identity: namedIdentity(source, ['mcp', type, value, JSON.stringify(metadata)]),
    input: { value, kind: 'fact', type, metadata },
    imported: { from: 'mcp' },
  };
}

/** `works_at` is read and searched as words. */
function spoken(name: string): string {
  return name.replaceAll('_', ' ');
}
