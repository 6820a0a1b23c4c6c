/** temp */
export async function inspectStore(
  _dir: string,
): Promise<{ name: string; ok: boolean; detail: string }[]> {
  return [];
}
