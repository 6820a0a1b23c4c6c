/** What an answer must keep to, whatever was asked. */
import { field, textField } from '../lib/json.ts';
import type { ApiDocument } from './document.ts';
import type { Made } from './make-request.ts';
import type { Outcome, Reply } from './wire.ts';

/** What is wrong with an answer, in words; empty when it is right. */
export function check(document: ApiDocument, made: Made, outcome: Outcome): string[] {
  if (outcome === 'silent') return made.ends ? [] : ['no answer came'];
  if (outcome === 'closed') return made.ends ? [] : ['the connection ended without an answer'];
  const { status } = outcome;
  const complaints: string[] = [];
  if (status >= 500 && status !== 503) complaints.push(`answered ${status}`);
  const documented = made.operation?.statuses;
  if (documented && !documented.has(status)) complaints.push(`${status} is not documented`);
  if (made.isHead) return complaints;
  const isJson = outcome.headers.get('content-type')?.startsWith('application/json') === true;
  const answer = isJson ? parse(outcome.body) : undefined;
  if (status >= 400) return [...complaints, ...checkError(document, outcome, answer)];
  const { fits } = made.operation ?? {};
  if (fits === undefined || !isJson) return complaints;
  if (!fits(answer)) {
    const [error] = fits.errors ?? [];
    complaints.push(`does not fit: ${error?.instancePath} ${error?.message}`);
  }
  return complaints;
}

function checkError({ codes }: ApiDocument, reply: Reply, answer: unknown): string[] {
  const error = field(answer, 'error');
  const code = textField(error, 'code');
  if (code === undefined) return [`answered ${reply.status} without a code`];
  const complaints: string[] = [];
  if (codes.get(code) !== reply.status) complaints.push(`${code} with status ${reply.status}`);
  const names = Object.keys(error ?? {}).filter((name) => name !== 'details');
  if (names.join() !== 'code,message,hint') complaints.push(`an error with ${names.join()}`);
  if (reply.body.length > 6_000) complaints.push(`an error of ${reply.body.length} bytes`);
  return complaints;
}

export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
