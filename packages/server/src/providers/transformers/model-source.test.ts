import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveModel } from './model-source.ts';
import { removeModel, tinyModel } from './tiny-model.test.helper.ts';

const setting = 'REVERIE_EMBEDDER_MODEL';
let model: ReturnType<typeof tinyModel>;
beforeEach(() => {
  model = tinyModel('tiny-embedder');
});
afterEach(() => removeModel(model));

const write = (file: string, content: unknown) => {
  mkdirSync(join(model.folder, file, '..'), { recursive: true });
  writeFileSync(join(model.folder, file), JSON.stringify(content));
};

test('a hub id, with a revision or without', async () => {
  const main = await resolveModel(setting, 'Xenova/all-MiniLM-L6-v2', 'q8');
  expect(main).toMatchObject({ model: 'Xenova/all-MiniLM-L6-v2', revision: 'main' });
  expect(main).not.toHaveProperty('parent');
  expect(main.identity).toMatch(/^transformers:Xenova\/all-MiniLM-L6-v2@main:q8:[0-9a-f]{8}$/);
  const pinned = await resolveModel(setting, 'Xenova/all-MiniLM-L6-v2@751bff3', 'q8');
  expect(pinned).toMatchObject({ model: 'Xenova/all-MiniLM-L6-v2', revision: '751bff3' });
  expect(pinned.identity).not.toBe(main.identity);
});

test.each(['', 'MiniLM', 'a/b/c', 'a b/c', 'https://example.org/model'])(
  '"%s" is neither an id nor a folder',
  async (text) => {
    const error = { code: 'setting_invalid', details: { setting } };
    await expect(resolveModel(setting, text, 'q8')).rejects.toMatchObject(error);
  },
);

test('a folder, absolute or relative', async () => {
  const found = await resolveModel(setting, model.folder, 'q8');
  expect(found).toMatchObject({ model: 'tiny-embedder', parent: model.parent });
  expect(found.identity).toMatch(/^transformers:tiny-embedder:q8:[0-9a-f]{12}$/);
  expect(await resolveModel(setting, './tiny-embedder', 'q8', model.parent)).toEqual(found);
});

test('a file that is missing is named', async () => {
  const resolved = (dtype: 'q8' | 'fp32') => resolveModel(setting, model.folder, dtype);
  await expect(resolved('fp32')).rejects.toThrow('has no onnx/model.onnx (fp32)');
  rmSync(join(model.folder, 'tokenizer.json'));
  await expect(resolved('q8')).rejects.toThrow('has no tokenizer.json');
  await expect(resolveModel(setting, '/no/such/folder', 'q8')).rejects.toThrow('/no/such/folder');
});

test('other weights or another use are another model', async () => {
  const first = await resolveModel(setting, model.folder, 'q8');
  write('1_Pooling/config.json', { pooling_mode_cls_token: true });
  const pooled = await resolveModel(setting, model.folder, 'q8');
  write('onnx/model_quantized.onnx', 'other weights');
  const other = await resolveModel(setting, model.folder, 'q8');
  expect(new Set([first, pooled, other].map(({ identity }) => identity)).size).toBe(3);
});

test('the files of sentence-transformers say how to pool and what to put before', async () => {
  write('config.json', { model_type: 'bert', _name_or_path: 'intfloat/e5-small-v2' });
  const resolved = async () => (await resolveModel(setting, model.folder, 'q8')).recipe;
  expect(await resolved()).toMatchObject({ pooling: 'mean', queryPrefix: 'query: ' });
  write('1_Pooling/config.json', { pooling_mode_cls_token: true });
  write('config_sentence_transformers.json', { prompts: { query: 'ask: ', document: '' } });
  expect(await resolved()).toMatchObject({
    pooling: 'cls',
    queryPrefix: 'ask: ',
    documentPrefix: 'passage: ',
  });
  write('1_Pooling/config.json', { pooling_mode_max_tokens: true });
  await expect(resolved()).rejects.toThrow('other than mean and cls');
  write('1_Pooling/config.json', []);
  await expect(resolved()).rejects.toMatchObject({ code: 'setting_invalid' });
});
