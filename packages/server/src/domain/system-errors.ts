/** What errors of the file system mean for the product. */
import type { ErrorCode } from './errors.ts';

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'disk_full',
  EDQUOT: 'disk_full',
  EFBIG: 'disk_full',
  EROFS: 'store_read_only',
  EACCES: 'store_read_only',
  EPERM: 'store_read_only',
  // The data folder cannot be made where it is wanted.
  ENOENT: 'store_read_only',
  ENOTDIR: 'store_read_only',
};

/** Undefined for an error that is not the system's. */
export function systemErrorCode(error: unknown): ErrorCode | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  if (typeof error.code !== 'string') return undefined;
  const known = codes[error.code];
  if (known !== undefined) return known;
  return 'syscall' in error ? 'store_unavailable' : undefined;
}
