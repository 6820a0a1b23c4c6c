import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dataRule } from './fence-memories.ts';
import { loadPrompt, promptFolder, renderPrompt } from './load-prompt.ts';

const files = readdirSync(promptFolder);

describe('every prompt', () => {
  it('is there, and ships with the package', () => {
    expect(files).toContain('compress.v1.md');
    const root = new URL('../../../', import.meta.url);
    const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    const folder = fileURLToPath(promptFolder).slice(fileURLToPath(root).length, -1);
    expect(manifest.files).toContain(folder);
    // The compiled loader is at the same depth as its source.
    const compiled = new URL('dist/engine/dream/load-prompt.js', root);
    expect(new URL('../../../src/engine/dream/prompts/', compiled).href).toBe(promptFolder.href);
  });

  it.each(files)('%s is whole, and all its placeholders are filled', (file) => {
    const id = file.replace(/\.md$/, '');
    const prompt = loadPrompt(id);
    expect(prompt.id).toBe(id);
    expect(prompt.prompt).toContain('{{');
    expect(prompt.system).not.toContain('{{memories}}');
    const values = Object.fromEntries([...prompt.placeholders].map((name) => [name, `<${name}>`]));
    const rendered = renderPrompt(prompt, values);
    for (const text of [rendered.system, rendered.prompt]) {
      expect(text).not.toMatch(/[{}]{2}|undefined/);
      expect(text).toBe(text.trim());
    }
    expect(rendered.system.endsWith(dataRule)).toBe(true);
    for (const name of prompt.placeholders) {
      expect(rendered.system + rendered.prompt).toContain(`<${name}>`);
    }
  });
});

describe('rendering', () => {
  const prompt = loadPrompt('compress.v1');

  it('looks at no value again', () => {
    const values = { words_max: 80, memories: '{{words_max}} $& $1 {{memories}}' };
    const rendered = renderPrompt(prompt, values);
    expect(rendered.prompt).toContain('{{words_max}} $& $1 {{memories}}');
    expect(rendered.system).toContain('at most 80 words');
    expect(rendered.id).toBe('compress.v1');
  });

  it('wants every value and no other', () => {
    expect(() => renderPrompt(prompt, { words_max: 80 })).toThrow('needs a value for memories');
    expect(() => renderPrompt(prompt, { words_max: 80, memories: '', tone: 'x' })).toThrow(
      'has no placeholder tone',
    );
  });

  it('knows names of prompts only', () => {
    expect(() => loadPrompt('../compress.v1')).toThrow('is no name of a prompt');
    expect(() => loadPrompt('compress')).toThrow('is no name of a prompt');
  });
});
