/** Documents that a server holds in memory, as they are stored now. */
import type { ControlDocument, ControlPort } from '../ports/control.ts';

/**
 * Those that are named and begin with the prefix, undefined where one is gone; or all there are.
 */
export async function readHeld(
  control: Pick<ControlPort, 'get' | 'list'>,
  prefix: string,
  names?: readonly string[],
): Promise<Map<string, ControlDocument | undefined>> {
  if (names === undefined) {
    return new Map((await control.list(prefix)).map((document) => [document.key, document]));
  }
  const own = names.filter((name) => name.startsWith(prefix));
  const found = await Promise.all(own.map((name) => control.get(name)));
  return new Map(own.map((name, i) => [name, found[i]]));
}
