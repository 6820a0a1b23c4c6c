/** GET /v1/namespaces/{namespace}/profile. */
import { z } from '@hono/zod-openapi';
import { limits } from '../../domain/limits.ts';
import { parseNamespace } from '../../domain/names.ts';
import { linesMax } from '../../engine/profile/compose-profile.ts';
import { renderProfile } from '../../engine/profile/render-profile.ts';
import { profileSections } from '../../engine/profile/section-words.ts';
import type { StandingProfile } from '../../engine/profile/standing-profiles.ts';
import { lineCharsMax } from '../../engine/profile/trace.ts';
import { iso, round } from '../present.ts';
import { queryTimeMs } from '../recall-input.ts';
import { defineRoute, type Mountable } from '../route.ts';

const lineSchema = z
  .object({
    text: z.string(),
    sources: z.array(z.string()),
    updated_at: z.string().openapi({ format: 'date-time' }),
    confidence: z.number().min(0).max(1),
    trust: z.enum(['normal', 'flagged']),
  })
  .openapi('ProfileLine');

const get = defineRoute({
  method: 'get',
  path: '/v1/namespaces/{namespace}/profile',
  tag: 'Namespaces',
  needs: 'read',
  summary: 'Who the user of a namespace is',
  description:
    'Made from current facts, pinned and important memories, what dreams derived, names that ' +
    `come up on several days, and open threads. At most ${linesMax} lines a section, each of at ` +
    `most ${lineCharsMax} characters and with the ids of the memories that say it. It is brought ` +
    'up to date when somebody asks. Of a namespace with more than ' +
    `${limits.profileMemoriesMax} memories the newest, the pinned and the important ones are ` +
    'looked at, and `complete` is false. `format=text` answers with plain text, without lines ' +
    'that are flagged.',
  params: z.strictObject({ namespace: z.string() }),
  query: z.strictObject({ format: z.enum(['json', 'text']).optional() }),
  response: z
    .object({
      ok: z.literal(true),
      namespace: z.string(),
      looked_at: z.number().int(),
      complete: z.boolean(),
      sections: z.object({
        identity: z.array(lineSchema),
        preferences: z.array(lineSchema),
        people: z.array(lineSchema),
        projects: z.array(lineSchema),
        plans: z.array(lineSchema),
        open_threads: z.array(lineSchema),
        notes: z.array(lineSchema),
      }),
      query_time_ms: z.number(),
    })
    .openapi('Profile'),
  handle: async ({ params, query, scope, context }, { engine }) => {
    const profile = await engine.profile(scope, parseNamespace(params.namespace));
    if (query.format === 'text') {
      const headers = { 'Content-Type': 'text/plain; charset=utf-8' };
      return new Response(renderProfile(profile), { headers });
    }
    const { namespace, lookedAt, isComplete } = profile;
    return {
      ok: true,
      namespace,
      looked_at: lookedAt,
      complete: isComplete,
      sections: presentSections(profile),
      query_time_ms: queryTimeMs(context.get('arrivedAt')),
    };
  },
});

function presentSections({ sections }: StandingProfile) {
  return Object.fromEntries(
    profileSections.map((section) => [
      section,
      (sections.get(section) ?? []).map((line) => ({
        text: line.text,
        sources: line.sources,
        updated_at: iso(line.updatedAt),
        confidence: round(line.confidence),
        trust: line.isFlagged ? 'flagged' : 'normal',
      })),
    ]),
  );
}

export const profileRoutes: readonly Mountable[] = [get];
