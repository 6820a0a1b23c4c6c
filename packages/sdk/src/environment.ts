/** Reads the environment where the runtime has one: Node, Bun, Deno; not a browser. */

/** The variable's text; undefined when it is absent, empty or out of reach. */
export function readEnvironment(name: string): string | undefined {
  const runtime: { process?: { env?: Record<string, string | undefined> } } = globalThis;
  try {
    return runtime.process?.env?.[name] || undefined;
  } catch {
    // Deno throws when the permission to read the environment was not given.
    return undefined;
  }
}
