/** Takes a request apart on its way: its bytes, its headers, its path, its end. */
import { integer, pick, type Random } from '../lib/random.ts';
import type { Operation } from './document.ts';
import { hostileText, nested } from './hostile.ts';
import { encode, type Made, type WireRequest } from './make-request.ts';

type Spoiled = Omit<Made, 'kind'>;
type Spoiler = (random: Random, request: WireRequest, operation: Operation) => Spoiled;

const megabyte = 1024 * 1024;

export function spoil(random: Random, request: WireRequest, operation: Operation): Spoiled {
  const hasBody = request.body !== undefined;
  const spoilers = hasBody ? [...bodySpoilers, ...headSpoilers] : headSpoilers;
  return pick(random, spoilers)(random, request, operation);
}

function whole(request: WireRequest, operation: Operation | undefined): Spoiled {
  const isHead = request.method === 'HEAD';
  return { operation, chunks: [encode(request)], ends: false, isHead };
}

const withBody =
  (make: (random: Random, body: Buffer) => Buffer): Spoiler =>
  (random, request, operation) =>
    whole({ ...request, body: make(random, request.body ?? Buffer.alloc(0)) }, operation);

/** The body is sent in another way than it was announced. */
const withChunks =
  (make: (random: Random, body: Buffer) => readonly Buffer[], ends: boolean): Spoiler =>
  (random, request, operation) => {
    const chunked = [...request.headers, 'Transfer-Encoding: chunked'];
    const head = encode({ ...request, headers: chunked, body: undefined });
    const chunks = [head, ...make(random, request.body ?? Buffer.alloc(0))];
    return { operation, chunks, ends, isHead: false };
  };

const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const lastChunk = Buffer.from('0\r\n\r\n');

const bodySpoilers: readonly Spoiler[] = [
  withBody((random, body) => body.subarray(0, integer(random, 0, body.length))),
  withBody((random, body) => {
    const spoiled = Buffer.from(body);
    for (let n = integer(random, 1, 4); n > 0 && spoiled.length > 0; n -= 1) {
      spoiled[integer(random, 0, spoiled.length - 1)] = integer(random, 0, 255);
    }
    return spoiled;
  }),
  withBody((random) => Buffer.from(nested(random, integer(random, 20, 60_000)))),
  withBody((random) =>
    Buffer.from(
      pick(random, [
        '',
        'null',
        '[]',
        '1',
        '"a"',
        '{}',
        '{"a":1}{',
        '{a:1}',
        "{'a':1}",
        '\ufeff{}',
      ]),
    ),
  ),
  withBody((random, body) => {
    const twice = pick(random, [
      '"namespace":"a",',
      '"__proto__":{"x":1},',
      '"limit":1,"limit":-1,',
    ]);
    return Buffer.from(body.toString('utf8').replace('{', `{${twice}`));
  }),
  withBody((random) =>
    random() < 0.1
      ? Buffer.from(`{"value":"${'x'.repeat(megabyte + 1)}"}`)
      : Buffer.from(`{"query":"${'\\u0041'.repeat(9_000)}"}`),
  ),
  withChunks((random, body) => {
    const middle = integer(random, 0, body.length);
    const parts = [body.subarray(0, middle), body.subarray(middle)].filter(
      ({ length }) => length > 0,
    );
    return [...parts.map(chunk), lastChunk];
  }, false),
  withChunks((_, body) => (body.length > 0 ? [chunk(body)] : []), true),
  withChunks(
    (random) => [Buffer.from(pick(random, ['zz\r\n', '-1\r\n', 'fffffffffffffffff\r\n']))],
    false,
  ),
  (random, request, operation) => {
    const bytes = encode(request);
    const sent = bytes.subarray(0, integer(random, 1, Math.max(1, bytes.length - 1)));
    return { operation, chunks: [sent], ends: true, isHead: false };
  },
  (random, request, operation) => {
    const others = request.headers.filter((line) => !line.startsWith('Content-Type'));
    const type = pick(random, [
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      `application/${'x'.repeat(3_000)}`,
      '',
    ]);
    return whole({ ...request, headers: [...others, `Content-Type: ${type}`] }, operation);
  },
  (random, request, operation) => {
    const line = `Content-Encoding: ${pick(random, ['gzip', 'br', 'zstd', 'deflate', 'x'])}`;
    return whole({ ...request, headers: [...request.headers, line] }, operation);
  },
];

const strangeHeaders: readonly string[] = [
  'Host: evil.example',
  'Host: ',
  'Host: a b',
  'Host: [::1',
  'Origin: https://evil.example',
  'Origin: null',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: abc',
  'Transfer-Encoding: gzip',
  'Transfer-Encoding: chunked, identity',
  'No colon at all',
  'X-Nul: a\u0000b',
  ' folded: line',
  'X-Latin: \u00e4\u00ff',
  `X-Long: ${'y'.repeat(20_000)}`,
  `X-Key: ${'k'.repeat(7_000)}`,
  'Expect: 100-continue',
  'Expect: something-else',
  'Connection: Upgrade\r\nUpgrade: websocket',
  'Connection: close',
  'X-Forwarded-For: 1.2.3.4, ::1, garbage',
  'X-Forwarded-Host: evil.example',
  'Authorization: Bearer one\r\nAuthorization: Bearer two',
  'Authorization: Basic QWxhZGRpbg==',
  'Authorization: Bearer ',
  'X-API-Key: a\u00ff',
  'Cookie: a=b; __proto__=c',
  'Range: bytes=0-10',
  'If-Match: "x"',
  'If-Match: *',
  'If-Match: W/"99999999999999999999"',
  'If-None-Match: *',
  'Accept: application/xml',
  'Accept-Encoding: gzip;q=0, *;q=1',
  'traceparent: 00-ffffffffffffffffffffffffffffffff-0000000000000000-zz',
  'Idempotency-Key: ',
  `Idempotency-Key: ${'k'.repeat(300)}`,
  'Idempotency-Key: \u00e4\u00f6',
  'Idempotency-Key: a\r\nIdempotency-Key: b',
  'Idempotency-Key: name-1',
];

const strangePaths: readonly string[] = [
  '/%2e%2e/%2e%2e/etc/passwd',
  '/v1/../metrics',
  '/v1/memory/%00',
  '/v1/memory/%c0%ae%c0%ae',
  '/v1/memory/%ff%fe',
  '/v1/memory/%zz',
  '/v1/memory/%',
  '/v1/namespaces/%E0%A4%A/export',
  '//v1//memory',
  '/v1/memory/',
  '/v1/memory\\search',
  '/v1/memory?namespace=%',
  '/v1/memory?%5B%5D&&==&a=%00',
  '/v1/memory;a=b',
  '/v1/memory#fragment',
  '/V1/MEMORY',
  'http://evil.example/v1/memory',
  'http://[::1/v1/memory',
  'ftp://127.0.0.1/v1/memory',
  'evil.example:80',
  '*',
  'v1/memory',
  '/v1/memory/\u00e9\u00ff',
  `/v1/memory/${'a'.repeat(9_000)}`,
  `/v1/memory?${'limit=1&'.repeat(1_200)}`,
  '/health?x=%',
  '/openapi.json/..',
  '/docs/%2f',
];

const headSpoilers: readonly Spoiler[] = [
  (random, request, operation) => {
    const line = pick(random, strangeHeaders);
    const isHost = line.startsWith('Host');
    const others = isHost ? request.headers.slice(1) : request.headers;
    // With a body of another length the connection is out of step from here on.
    const ends = /^(Content-Length|Transfer-Encoding)/.test(line);
    return { ...whole({ ...request, headers: [...others, line] }, operation), ends };
  },
  (random, request, operation) => {
    const line = `X-Text: ${hostileText(random).slice(0, 500)}`;
    return whole({ ...request, headers: [...request.headers, line] }, operation);
  },
  (random, request) => whole({ ...request, target: pick(random, strangePaths) }, undefined),
  (random, request) => {
    const methods = [
      'HEAD',
      'OPTIONS',
      'PUT',
      'TRACE',
      'CONNECT',
      'get',
      'FOO',
      'PROPFIND',
      'DELETE',
    ];
    return whole({ ...request, method: pick(random, methods) }, undefined);
  },
  (random, request) => {
    const at = integer(random, 1, request.target.length);
    const bad = pick(random, [
      '%',
      '%00',
      '%2f',
      '/',
      '..',
      '%e4',
      ';',
      '\u00e4',
      '?',
      '&limit=NaN',
      ' ',
    ]);
    const target = request.target.slice(0, at) + bad + request.target.slice(at);
    return whole({ ...request, target }, undefined);
  },
  (random, request) => {
    const bytes = Buffer.from(encode(request));
    const end = Math.max(1, bytes.indexOf('\r\n\r\n'));
    bytes[integer(random, 0, end)] = integer(random, 0, 255);
    return { operation: undefined, chunks: [bytes], ends: true, isHead: false };
  },
  (random) => ({
    operation: undefined,
    chunks: [
      Buffer.from(
        pick(random, [
          '\r\n\r\n',
          'GET\r\n\r\n',
          '\u0016\u0003\u0001',
          'GET / HTTP/9.9\r\n\r\n',
          'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        ]),
      ),
    ],
    ends: true,
    isHead: false,
  }),
  (_, request) => {
    const [, ...others] = request.headers;
    return whole({ ...request, headers: others }, undefined);
  },
  (random, request) => {
    const many = Array.from({ length: integer(random, 50, 400) }, (_, n) => `X-${n}: ${n}`);
    return whole({ ...request, headers: [...request.headers, ...many] }, undefined);
  },
];
