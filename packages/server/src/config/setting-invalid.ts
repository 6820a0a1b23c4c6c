/** What is said of a setting that cannot be used. */
import { MemoryError } from '../domain/errors.ts';
import type { Setting } from './setting.ts';

/** `source`: the variable or the flag. */
export function settingInvalid(source: string, reason: string, cause?: unknown): MemoryError {
  return new MemoryError('setting_invalid', `${source}: ${reason}.`, {
    details: { setting: source },
    cause,
  });
}

/** What is given and would do nothing was meant otherwise. Throws setting_invalid. */
export function refuseIdle(
  settings: readonly Pick<Setting, 'name' | 'env'>[],
  values: Readonly<Record<string, unknown>>,
  reason: string,
): void {
  const idle = settings.find(({ name }) => values[name] !== undefined);
  if (idle) throw settingInvalid(idle.env, reason);
}
