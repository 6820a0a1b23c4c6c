/**
 * Loaded before a process with `NODE_OPTIONS=--import=...`: every way out of it writes a line into
 * the file that SOCKET_TRAP names, and fails. Other threads of the process load it too.
 */
import { Socket as DatagramSocket } from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { isIP, Socket } from 'node:net';
import { threadId } from 'node:worker_threads';

const file = process.env.SOCKET_TRAP;
const note = (line) => appendFileSync(file, `${line}\n`);

function forbid(owner, name, label) {
  const original = owner[name];
  owner[name] = function (...given) {
    // Listening on an address looks it up too, which asks nobody.
    if (name === 'lookup' && isIP(given[0]) !== 0) return original.apply(this, given);
    note(`out ${label} ${JSON.stringify(given[0])}`);
    throw new Error(`The trap forbids ${label}.`);
  };
}

// fetch, http, https, http2 and tls all connect through this.
forbid(Socket.prototype, 'connect', 'net.connect');
for (const name of ['send', 'connect']) forbid(DatagramSocket.prototype, name, `dgram.${name}`);
for (const name of Object.keys(dns)) {
  if (/^(lookup|resolve|reverse)/.test(name)) forbid(dns, name, `dns.${name}`);
}
for (const name of Object.keys(dns.promises)) {
  if (/^(lookup|resolve|reverse)/.test(name)) forbid(dns.promises, name, `dns.promises.${name}`);
}
note(`armed ${threadId}`);
