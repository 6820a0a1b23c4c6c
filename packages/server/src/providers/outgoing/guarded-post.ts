/**
 * Requests to addresses that a caller has chosen: the name is resolved once, each address that it
 * leads to is checked, and the connection goes to one of these and nowhere else.
 */
import { lookup, Resolver } from 'node:dns/promises';
import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { MemoryError } from '../../domain/errors.ts';
import type { OutgoingFault, OutgoingPort, OutgoingRequest } from '../../ports/outgoing.ts';
import { within } from '../../util/within.ts';
import { type PrivateTargets, type TargetRules, targetRules } from './target-rules.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface OutgoingOptions {
  readonly privateTargets: PrivateTargets;
  /** Every address of a name, instead of asking for it. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>;
}

const urlCharsMax = 2048;
/** An answer is drained so far, so that the receiver sees an orderly end; then it is cut. */
const answerBytesMax = 64 * 1024;
/** With the status all is said that counts. */
const drainMs = 1_000;

class Fault extends Error {
  readonly fault: OutgoingFault;

  constructor(fault: OutgoingFault) {
    super(fault);
    this.fault = fault;
  }
}

export function createOutgoing({ privateTargets, resolve }: OutgoingOptions): OutgoingPort {
  const rules = targetRules(privateTargets);
  const resolveAll = resolve ?? ((host) => resolveBy(rules, host));
  return {
    check: (url) => void parseTarget(url, rules),
    post: async (request) => {
      let ended: AbortSignal | undefined;
      const work = async (signal: AbortSignal): Promise<number> => {
        ended = signal;
        const target = parseTarget(request.url, rules);
        const address = await addressOf(target, rules, resolveAll);
        signal.throwIfAborted();
        return send(target, address, request, signal);
      };
      try {
        const status = await within(request.timeoutMs, work, request.signal);
        return status >= 300 && status < 400 ? { fault: 'redirected' } : { status };
      } catch (error) {
        if (request.signal?.aborted) return { fault: 'stopped' };
        return { fault: ended?.aborted ? 'timeout' : faultOf(error) };
      }
    },
  };
}

/**
 * A name that the operator knows may stand in a file of this machine. Any other is asked of the
 * name servers without a thread: one that never answers must not keep threads of all of us.
 */
async function resolveBy(rules: TargetRules, host: string): Promise<readonly Address[]> {
  if (rules.knowsName(host)) return lookup(host, { all: true });
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return found.flatMap((answer, i) => {
    const addresses = answer.status === 'fulfilled' ? answer.value : [];
    return addresses.map((address) => ({ address, family: i === 0 ? 4 : 6 }));
  });
}

/** Throws invalid_url. */
function parseTarget(text: string, rules: TargetRules): URL {
  const refuse = (message: string) => new MemoryError('invalid_url', message);
  const url = text.length <= urlCharsMax && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    throw refuse(`An absolute URL of at most ${urlCharsMax} characters is needed.`);
  }
  const host = hostOf(url);
  if (url.username !== '' || url.password !== '') throw refuse('The URL may hold no password.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refuse('https is needed.');
  if (url.protocol === 'http:' && !rules.allowsPlain(host)) throw refuse('https is needed.');
  // A literal address is known now; where a name leads is asked with each request.
  const isRefused = isIP(host) !== 0 && !rules.allows(host, host);
  if (isRefused) throw refuse('Addresses of private networks are not allowed by this server.');
  return url;
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/** The first of the addresses, where every one of them may be reached. */
async function addressOf(
  url: URL,
  rules: TargetRules,
  resolve: NonNullable<OutgoingOptions['resolve']>,
): Promise<Address> {
  const host = hostOf(url);
  const family = isIP(host);
  const found = family === 0 ? await resolve(host).catch(() => []) : [{ address: host, family }];
  const [first] = found;
  if (first === undefined) throw new Fault('name_not_found');
  // One bad address among good ones is an attack or a mistake; neither should be served.
  if (!found.every(({ address }) => rules.allows(host, address))) {
    throw new Fault('address_not_allowed');
  }
  return first;
}

function send(
  url: URL,
  { address, family }: Address,
  { headers, body }: OutgoingRequest,
  signal: AbortSignal,
): Promise<number> {
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'Content-Length': String(body.length) },
    // The connection is made to what was checked, whatever the name leads to by now.
    lookup: (_host, { all }, done) =>
      all ? done(null, [{ address, family }]) : done(null, address, family),
    // Neither shared nor kept: the next request is checked anew.
    agent: false,
    signal,
  };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options);
    let status: number | undefined;
    // However the rest of an answer breaks off, its status was said.
    const end = (error: Error) => (status === undefined ? reject(error) : resolve(status));
    sent.on('error', end);
    // Without an error: an answer that is none, such as 101.
    sent.once('close', () => end(new Fault('connection_failed')));
    sent.once('response', (response) => {
      status = response.statusCode ?? 0;
      let left = answerBytesMax;
      response.on('data', (part: Buffer) => {
        left -= part.length;
        if (left < 0) response.destroy();
      });
      const cut = setTimeout(() => response.destroy(), drainMs);
      response.once('close', () => clearTimeout(cut));
      response.once('error', end);
    });
    sent.end(body);
  });
}

function faultOf(error: unknown): OutgoingFault {
  if (error instanceof Fault) return error.fault;
  if (MemoryError.isInstance(error)) return 'address_not_allowed';
  const isTls = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME)/;
  return isTls.test(codeOf(error)) ? 'tls_failed' : 'connection_failed';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
