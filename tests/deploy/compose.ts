/** A compose file with its variables filled in, as far as deploy/ uses them. */

import { parse } from 'yaml';
import { z } from 'zod';

/** Strict: a field that is not of the specification, or not known here yet, is refused. */
const words = z.array(z.string());
const size = z.string().regex(/^\d+[kmg]$/);
const duration = z.string().regex(/^\d+s$/);
const service = z.strictObject({
  image: z.string(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  profiles: words.default([]),
  user: z.string().optional(),
  entrypoint: words.default([]),
  command: words.default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: words.default([]),
  volumes: words.default([]),
  tmpfs: words.default([]),
  shm_size: size.optional(),
  restart: z.literal('unless-stopped'),
  stop_grace_period: duration.optional(),
  read_only: z.boolean(),
  cap_drop: words,
  cap_add: words.default([]),
  security_opt: words,
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  networks: z.union([words, z.record(z.string(), z.strictObject({ ipv4_address: z.ipv4() }))]),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.literal('service_healthy'), required: z.boolean().optional() }),
    )
    .default({}),
  healthcheck: z
    .strictObject({
      test: words,
      interval: duration,
      timeout: duration,
      retries: z.number().optional(),
      start_period: duration.optional(),
    })
    .optional(),
  deploy: z.strictObject({
    resources: z.strictObject({ limits: z.strictObject({ memory: size, pids: z.number() }) }),
  }),
});
const network = z.strictObject({
  internal: z.boolean().optional(),
  ipam: z.strictObject({ config: z.tuple([z.strictObject({ subnet: z.cidrv4() })]) }).optional(),
});
const composeFile = z.strictObject({
  name: z.string(),
  'x-hardened': z.unknown(),
  'x-server': z.unknown(),
  services: z.record(z.string(), service),
  networks: z.record(z.string(), network),
  volumes: z.record(z.string(), z.null()),
});
export type ComposeFile = z.infer<typeof composeFile>;
export type Service = z.infer<typeof service>;

/** Throws where the text is not what is known of compose files. */
export function readCompose(text: string, env: Readonly<Record<string, string>>): ComposeFile {
  return composeFile.parse(fill(parse(text, { merge: true }), env));
}

function fill(node: unknown, env: Readonly<Record<string, string>>): unknown {
  if (typeof node === 'string') return interpolate(node, env);
  if (Array.isArray(node)) return node.map((each) => fill(each, env));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value, env)]));
}

/** `${A:-otherwise}` and `${A:+instead}`, one within the other; `$$` is a dollar. */
export function interpolate(text: string, env: Readonly<Record<string, string>>): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '$') out += text[i];
    else if (text[i + 1] === '$') {
      out += '$';
      i++;
    } else {
      const end = endOf(text, i + 1);
      out += filled(text.slice(i + 2, end), env);
      i = end;
    }
  }
  return out;
}

/** Where the braces that open at `start` close. */
function endOf(text: string, start: number): number {
  if (text[start] !== '{') throw new Error(`A variable needs braces: ${text}`);
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    if (text[i] === '{') depth++;
    if (text[i] === '}' && --depth === 0) return i;
  }
  throw new Error(`Braces do not close: ${text}`);
}

function filled(expression: string, env: Readonly<Record<string, string>>): string {
  const found = /^(\w+)(?::([-+])(.*))?$/s.exec(expression);
  if (found === null) throw new Error(`This is not known: ${expression}`);
  const [, name = '', kind, other = ''] = found;
  const value = env[name] ?? '';
  if (kind === '+') return value === '' ? '' : interpolate(other, env);
  return value === '' ? interpolate(other, env) : value;
}

/** Services that start under these profiles. */
export function startedBy(file: ComposeFile, profiles: readonly string[]): string[] {
  return Object.entries(file.services)
    .filter(
      ([, one]) => one.profiles.length === 0 || one.profiles.some((p) => profiles.includes(p)),
    )
    .map(([name]) => name);
}
