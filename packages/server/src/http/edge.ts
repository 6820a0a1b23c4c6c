/** What every request passes first and every answer last: names, pages, how many, and headers. */
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { MemoryError } from '../domain/errors.ts';
import { trustedProxies } from './client-address.ts';
import type { AppContext, AppEnv } from './context.ts';
import { type CheckHost, type HostRules, hostRules, isLoopbackName } from './host-rules.ts';
import { rateHeaders } from './rate-limit.ts';
import type { App } from './route.ts';

export interface EdgeOptions extends HostRules {
  readonly trustedProxies: readonly string[];
  /** Requests under way at one time. */
  readonly requestsMax: number;
  /** How long a JSON body may take to come in. */
  readonly bodyTimeMs: number;
  readonly isTls: boolean;
  /** Whether the server is stopping: each connection ends with its next answer. */
  isDraining(): boolean;
}

export function mountEdge(app: App, options: EdgeOptions): void {
  const isTrustedProxy = trustedProxies(options.trustedProxies);
  const checkHost = hostRules(options);
  // A load balancer asks for health by an address, which nobody would think of allowing.
  const isHealthFree = !isLoopbackName(options.host);
  const slots = createSlots(options.requestsMax);
  const headers = securityHeaders(options.isTls);
  app.use(async (context, next) => {
    context.set('isTrustedProxy', isTrustedProxy);
    await next();
    const answered = context.res.headers;
    for (const [name, value] of headers) if (!answered.has(name)) answered.set(name, value);
    if (options.isDraining()) answered.set('Connection', 'close');
  });
  // Before the refusals: the page that asked must be able to read them.
  if (options.corsOrigins.length > 0) app.use(corsFor(options.corsOrigins));
  app.use((context, next) => {
    const isHealth = context.req.path.startsWith('/health');
    admit(context, isHealth && isHealthFree ? () => {} : checkHost, slots);
    return next();
  });
}

/** Throws for a request that goes no further. One without a socket comes from this process. */
function admit(context: AppContext, checkHost: CheckHost, slots: Slots): void {
  const { outgoing } = context.env ?? {};
  if (outgoing === undefined) return;
  checkHost({ host: context.req.header('host'), origin: context.req.header('origin') });
  // Whoever watches the server must hear from it when it is busy most of all.
  if (context.req.path.startsWith('/health') || context.req.path === '/metrics') return;
  if (!slots.take()) throw new MemoryError('overloaded');
  // An answer that streams is under way until its last byte has left.
  outgoing.once('close', slots.free);
}

interface Slots {
  take(): boolean;
  free(): void;
}

function createSlots(max: number): Slots {
  let taken = 0;
  return {
    take: () => {
      if (taken >= max) return false;
      taken += 1;
      return true;
    },
    free: () => {
      taken -= 1;
    },
  };
}

function securityHeaders(isTls: boolean): [string, string][] {
  return [
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'no-referrer'],
    ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    // Memories stay out of the caches of browsers and proxies.
    ['Cache-Control', 'no-store'],
    ...(isTls ? [hsts] : []),
  ];
}

/** A year, as browsers ask for; without subdomains, which are not ours to decide about. */
const hsts: [string, string] = ['Strict-Transport-Security', 'max-age=31536000'];

/** Without credentials: a key is sent by the page's own code, never by the browser. */
function corsFor(origins: readonly string[]): MiddlewareHandler<AppEnv> {
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'X-Api-Key'],
    exposeHeaders: ['ETag', 'Retry-After', 'X-Request-Id', 'Idempotency-Replayed', ...rateHeaders],
    maxAge: 600,
  });
}
