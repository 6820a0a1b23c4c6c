/** A disk that is soon full, where a test may mount one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const mebibyte = 1024 * 1024;

/** Makes the folder. False where it could not be mounted. */
export function mount(path: string, bytes: number): boolean {
  mkdirSync(path);
  const args = ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', path];
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0;
}

/** Larger or smaller, with what is on it. */
export function resize(path: string, bytes: number): void {
  spawnSync('mount', ['-o', `remount,size=${bytes}`, path], { stdio: 'ignore' });
}

export function unmount(path: string): void {
  spawnSync('umount', ['-l', path], { stdio: 'ignore' });
}

export function canMount(): boolean {
  const parent = mkdtempSync(join(tmpdir(), 'reverie-'));
  const mounted = mount(join(parent, 'small'), mebibyte);
  unmount(join(parent, 'small'));
  rmSync(parent, { recursive: true, force: true });
  return mounted;
}
