/** The command in one process, over a real HTTP server that answers what a test wants. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CliActions } from './actions.ts';
import { runCli } from './run-cli.ts';

export interface Seen {
  method: string | undefined;
  url: string | undefined;
  authorization: string | undefined;
  body: unknown;
}

export interface Answer {
  status: number;
  body: unknown;
}

export interface Service {
  readonly url: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

export async function openService(answerOf: () => Answer): Promise<Service> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { method, url, headers } = request;
    const body = text === '' ? undefined : JSON.parse(text);
    seen.push({ method, url, authorization: headers.authorization, body });
    const answer = answerOf();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

export interface World {
  env?: Record<string, string>;
  input?: string;
  actions?: Partial<CliActions>;
  isWatched?: boolean;
}

export async function runCommand(
  args: string[],
  { url, folder, ...world }: World & { url: string; folder: string },
) {
  let out = '';
  let err = '';
  const absent = () => Promise.reject(new Error('absent'));
  const code = await runCli(args, {
    env: { REVERIE_URL: url, ...world.env },
    cwd: folder,
    version: '1.2.3',
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isWatched: world.isWatched ?? false,
    readInput: async () => world.input ?? '',
    actions: async () => ({
      serve: absent,
      doctor: absent,
      resetRootKey: absent,
      offlineBackup: absent,
      restore: absent,
      compact: absent,
      migrate: absent,
      reindex: absent,
      dropVectors: absent,
      verify: absent,
      ...world.actions,
    }),
    untilStopped: async () => {},
  });
  return { code, out, err };
}
