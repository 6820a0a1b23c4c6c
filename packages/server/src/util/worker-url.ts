/** Finds the built form of a worker's entry file. */

/**
 * The address of a worker's entry beside the caller. Worker threads of the oldest supported Node
 * cannot run TypeScript, so a caller that runs from `src/` (a test) gets the file in `dist/`.
 *
 * @param name the entry's file name without an ending, such as `./writer-worker`
 * @param callerUrl `import.meta.url` of the caller
 */
export function workerUrl(name: string, callerUrl: string): URL {
  const base = callerUrl.endsWith('.ts')
    ? callerUrl.replace(/\/src\/(?!.*\/src\/)/, '/dist/')
    : callerUrl;
  return new URL(`${name}.js`, base);
}
