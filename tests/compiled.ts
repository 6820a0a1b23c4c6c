/**
 * Gives tests the compiled form of what they test, as production and the workers have it: it is the
 * same code (`tsc` only takes the types out, and build-first.ts runs it when a source has changed),
 * and Node loads it by itself, once a process, where Vite would transform it in every file.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What of the product is loaded by Node and not by Vite: an option of vitest. */
export const compiledCode = [/\/(?:packages\/(?:sdk|server)|bench)\/dist\//];

/** A plugin of Vite. Whoever watches gets the sources, so that an edit runs its tests again. */
export function compiled() {
  let isWatched = false;
  return {
    name: 'reverie-compiled',
    enforce: 'pre' as const,
    configureVitest({ vitest }: { vitest: { config: { watch: boolean } } }): void {
      isWatched = vitest.config.watch;
    },
    resolveId(name: string, importer: string | undefined): string | undefined {
      if (isWatched || importer === undefined || !/^\..*\.ts$/.test(name)) return undefined;
      return compiledForm(resolve(dirname(importer), name));
    },
  };
}

/** Undefined for tests and their helpers, which read files that lie beside them. */
function compiledForm(path: string): string | undefined {
  const found = /^(.*\/(?:packages\/(?:sdk|server)|bench))\/src\/(.*)\.ts$/.exec(
    path.replaceAll('\\', '/'),
  );
  if (found === null || /\.test\./.test(path)) return undefined;
  const built = `${found[1]}/dist/${found[2]}.js`;
  return existsSync(built) ? built : undefined;
}
