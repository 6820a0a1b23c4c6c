/** The AI SDK's providers: each an optional package, loaded when it is chosen. */
import { MemoryError } from '../../domain/errors.ts';
import type { RemoteUse } from './remote-use.ts';

/** Installed with the server by those who want the service. The majors that run on Node 20. */
export const sdkPackages = {
  openai: '@ai-sdk/openai@3',
  anthropic: '@ai-sdk/anthropic@3',
  cohere: '@ai-sdk/cohere@3',
  mistral: '@ai-sdk/mistral@3',
  google: '@ai-sdk/google@3',
  compatible: '@ai-sdk/openai-compatible@2',
} as const;

/**
 * What an optional package exports.
 *
 * @param wanted as npm takes it: `@ai-sdk/openai@3`
 * @throws MemoryError `setting_invalid` with the command that installs it.
 */
export async function loadPackage<T>(
  wanted: string,
  load: () => Promise<T>,
  { setting }: RemoteUse,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const message = `${setting}: a package is missing. Run: npm install ${wanted}`;
    const details = { setting, package: wanted };
    throw new MemoryError('setting_invalid', message, { details, cause });
  }
}
