/** The built command as a process of its own: serve, the verbs, a restart, a second server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from './source-files.ts';

const command = join(root, 'packages/server/bin/reverie.mjs');
const folder = mkdtempSync(join(tmpdir(), 'reverie-command-'));
const running: ChildProcess[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('REVERIE_'));
const env = { ...Object.fromEntries(foreign), REVERIE_LOG_LEVEL: 'warn' };

async function reverie(args: string[], further: Record<string, string> = {}) {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    env: { ...env, ...further },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err, code };
}

/** Starts a server and waits until it says where it is. */
async function serve() {
  const args = [command, 'serve', '--port', '0'];
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: 'pipe' });
  running.push(child);
  const said = { out: '', err: '' };
  child.stderr.on('data', (part) => {
    said.err += part;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.on('exit', () => reject(new Error(`It ended: ${said.err}`)));
    child.stdout.on('data', (part) => {
      said.out += part;
      const found = /Reverie is at (http\S+)/.exec(said.out);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
  const stop = () => {
    const ended = new Promise<number | null>((done) => child.on('exit', done));
    child.kill('SIGTERM');
    return ended;
  };
  return { url, said, stop };
}

describe('reverie', () => {
  it('serves, stores, recalls, keeps it over a restart, and forgets', async () => {
    const first = await serve();
    const at = { REVERIE_URL: first.url };
    // The root key comes from the data folder of this machine.
    const stored = await reverie(['store', 'Ann plays the cello.', '--json'], at);
    expect(stored).toMatchObject({ code: 0, err: '' });
    const { id } = JSON.parse(stored.out);
    expect((await reverie(['recall', 'cello'], at)).out).toContain('Ann plays the cello.');
    expect(await reverie(['recall', 'cello'], { ...at, REVERIE_API_KEY: 'wrong' })).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^invalid_api_key: .+\n.+\n$/),
    });

    const second = await reverie(['serve', '--port', '0']);
    expect(second.code).toBe(1);
    expect(second.err).toMatch(/^folder_locked: .*\d+/);
    expect(await first.stop()).toBe(0);

    const again = await serve();
    const there = { REVERIE_URL: again.url };
    expect((await reverie(['list'], there)).out).toContain(id);
    const forgotten = await reverie(['forget', id], there);
    expect(forgotten.out).toMatch(/^1 memory is gone\.\nThe receipt is fgt_\S+\n$/);
    const receipts = await reverie(['receipts'], there);
    expect(receipts.out).toMatch(/^fgt_\S+ {2}\S+ {2}hidden {2}by id: 1 memory\n$/);
    expect(forgotten.out).toContain(receipts.out.slice(0, 40));
    expect((await reverie(['recall', 'cello'], there)).out).toBe('');
    expect(await again.stop()).toBe(0);
  });

  it('makes keys that do what they are made for, and tenants with keys of their own', async () => {
    const server = await serve();
    const at = { REVERIE_URL: server.url };
    const made = await reverie(['keys', 'create', 'a reader', '-n', 'ann', '--allow', 'read'], at);
    expect(made.out).toMatch(/^sk-rev-[\w-]{43}\n$/);
    expect(made.err).toMatch(/^key_\S+: read in ann\. The key is shown this once\.\n$/);
    const reader = { ...at, REVERIE_API_KEY: made.out.trim() };
    expect((await reverie(['list', '-n', 'ann'], reader)).code).toBe(0);
    const denied = await reverie(['store', 'Hello.', '-n', 'ann'], reader);
    expect(denied).toMatchObject({ code: 1, err: expect.stringMatching(/^permission_denied: /) });
    const [id = ''] = made.err.split(':');
    expect((await reverie(['keys', 'self'], reader)).out).toBe(
      `${id} of tenant root: read in ann\n`,
    );
    const rotated = await reverie(['keys', 'rotate', id], at);
    expect((await reverie(['list', '-n', 'ann'], reader)).code).toBe(1);
    const again = { ...at, REVERIE_API_KEY: rotated.out.trim() };
    expect((await reverie(['list', '-n', 'ann'], again)).code).toBe(0);
    expect((await reverie(['keys', 'revoke', id], at)).out).toBe('The key is revoked.\n');
    expect((await reverie(['keys', 'list'], at)).out).toBe('');

    const tenant = await reverie(['tenants', 'create', 'Acme', '--json'], at);
    const { key, tenant: acme } = JSON.parse(tenant.out);
    const other = { ...at, REVERIE_API_KEY: key };
    await reverie(['store', 'Of Acme.'], other);
    expect((await reverie(['list'], at)).out).not.toContain('Of Acme.');
    expect((await reverie(['tenants', 'plan', acme.id, 'free'], at)).out).toContain('free  Acme');
    const usage = await reverie(['usage'], other);
    expect(usage.out).toContain(`${acme.id}  plan free  `);
    expect(usage.out).toContain('operations    1 of 1000\n                store 1\n');
    expect((await reverie(['usage', '--all'], other)).err).toMatch(/^permission_denied: /);
    const usages = JSON.parse((await reverie(['usage', '--all', '--json'], at)).out);
    expect(usages).toMatchObject([{ tenant: 'root' }, { tenant: acme.id }]);
    expect((await reverie(['usage', '--tenant', acme.id], at)).out).toBe(usage.out);
    expect((await reverie(['tenants', 'suspend', acme.id], at)).out).toContain('Acme  suspended');
    expect((await reverie(['list'], other)).err).toMatch(/^tenant_suspended: /);
    expect((await reverie(['tenants', 'delete', acme.id], at)).code).toBe(2);
    expect((await reverie(['tenants', 'delete', acme.id, '--confirm'], at)).out).toBe(
      'The tenant is gone, with 1 memory.\n',
    );
    expect((await reverie(['tenants', 'list'], at)).out).toBe('');
    expect(await server.stop()).toBe(0);
  });

  it('looks after the folder when nobody serves it', async () => {
    const doctor = await reverie(['doctor']);
    expect(doctor).toMatchObject({ code: 0, err: '' });
    expect(doctor.out).toContain('All is well.');
    const reset = await reverie(['keys', 'reset']);
    expect(reset.out).toMatch(/^sk-rev-[\w-]{43}\n$/);
    const server = await serve();
    const key = { REVERIE_URL: server.url, REVERIE_API_KEY: reset.out.trim() };
    expect((await reverie(['list'], key)).code).toBe(0);
    expect(await server.stop()).toBe(0);
  });
});
