/**
 * Prompts are files with a version: `prompts/compress.v1.md`. What was sent once is never changed;
 * better words are a new version.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { invariant } from '../../util/invariant.ts';
import { dataRule } from './fence-memories.ts';

/** The package ships the sources of the prompts: this leads there from `src` and from `dist`. */
export const promptFolder = new URL('../../../src/engine/dream/prompts/', import.meta.url);

export interface Prompt {
  /** `compress.v1`, kept beside what was made with it. */
  readonly id: string;
  readonly system: string;
  readonly prompt: string;
  /** Every `{{name}}` of both parts. */
  readonly placeholders: ReadonlySet<string>;
}

export interface RenderedPrompt {
  readonly id: string;
  readonly system: string;
  readonly prompt: string;
}

const loaded = new Map<string, Prompt>();
const placeholder = /\{\{([a-z_]+)\}\}/g;

/**
 * Reads a prompt once. What stands before `## System` is for people; the rule that memories are
 * data is added to each.
 */
export function loadPrompt(id: string): Prompt {
  const known = loaded.get(id);
  if (known !== undefined) return known;
  invariant(/^[a-z]+(-[a-z]+)*\.v[1-9]\d*$/.test(id), `${id} is no name of a prompt`);
  const text = readFileSync(new URL(`${id}.md`, promptFolder), 'utf8');
  const [, system, prompt] = /\n## System\n([\s\S]+)\n## Prompt\n([\s\S]+)$/.exec(text) ?? [];
  invariant(system !== undefined && prompt !== undefined, `${id} lacks System or Prompt`);
  const names = [...`${system}${prompt}`.matchAll(placeholder)].map(([, name = '']) => name);
  const made = {
    id,
    system: `${system.trim()}\n\n${dataRule}`,
    prompt: prompt.trim(),
    placeholders: new Set(names),
  };
  loaded.set(id, made);
  return made;
}

/** The newest version of a prompt: `compress.v2` for `compress`. */
export function newestPrompt(name: string): Prompt {
  const versions = readdirSync(promptFolder).flatMap((file) => {
    const [, own, version] = /^(.+)\.v(\d+)\.md$/.exec(file) ?? [];
    return own === name ? [Number(version)] : [];
  });
  invariant(versions.length > 0, `there is no prompt ${name}`);
  return loadPrompt(`${name}.v${Math.max(...versions)}`);
}

/**
 * Fills every placeholder, once: what a value holds is never looked at again. Memories go in
 * through `fenceMemories`, never as they are.
 */
export function renderPrompt(
  { id, system, prompt, placeholders }: Prompt,
  values: Readonly<Record<string, string | number>>,
): RenderedPrompt {
  for (const name of Object.keys(values)) {
    invariant(placeholders.has(name), `${id} has no placeholder ${name}`);
  }
  const fill = (text: string) =>
    text.replace(placeholder, (_, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      invariant(value !== undefined, `${id} needs a value for ${name}`);
      return String(value);
    });
  return { id, system: fill(system), prompt: fill(prompt) };
}
