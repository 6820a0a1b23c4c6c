/** Reads the environment where the runtime has one: Node, Bun, Deno; not a browser. */

interface Runtime {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> };
}

/** The variable's text; undefined when it is absent, empty or out of reach. */
export function readEnvironment(name: string): string | undefined {
  try {
    const { process } = globalThis as Runtime;
    return process?.env?.[name] || undefined;
  } catch {
    // Deno throws when the permission to read the environment was not given.
    return undefined;
  }
}
