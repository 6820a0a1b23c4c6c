/** Empties the operating system's file cache, so that a cold start really reads the disk. */
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Empties what it can and says how: everything, the folder's files, or nothing. */
export function dropPageCache(folder: string): string {
  spawnSync('sync', { timeout: 60_000 });
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '1');
    return 'page cache dropped';
  } catch {
    return dropFiles(folder);
  }
}

/** GNU dd asks the kernel to forget one file's pages when it reads nothing with `nocache`. */
function dropFiles(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    const ran = spawnSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0', 'status=none']);
    if (ran.status !== 0) return 'page cache not dropped';
  }
  return "the store's files dropped from the page cache";
}
