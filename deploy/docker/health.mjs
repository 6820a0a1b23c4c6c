/**
 * `node health.mjs [path]`: ends with 0 when the server of this container answers 200, by default
 * to /health/ready. Where a failing check restarts the container, ask /health/live: a full disk is
 * not mended by a restart.
 */
import { request as askHttp } from 'node:http';
import { request as askHttps } from 'node:https';

const { REVERIE_PORT, REVERIE_TLS_CERT } = process.env;
const options = {
  host: '127.0.0.1',
  port: Number(REVERIE_PORT || 7360),
  path: process.argv[2] ?? '/health/ready',
  timeout: 4_000,
  // It asks itself: the name in the certificate is another.
  rejectUnauthorized: false,
};
const asking = (REVERIE_TLS_CERT ? askHttps : askHttp)(options, (response) => {
  process.exit(response.statusCode === 200 ? 0 : 1);
});
asking.on('timeout', () => process.exit(1));
asking.on('error', () => process.exit(1));
asking.end();
