/** The whole way with the real library and the tiny models: contracts, and what it alone tells. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runEmbedderContract } from '../contract/embedder-contract.ts';
import { runRerankerContract } from '../contract/reranker-contract.ts';
import { libraryMissing, removeModel, tinyModel } from './tiny-model.test.helper.ts';
import { openTransformersEmbedder } from './transformers-embedder.ts';
import { openTransformersReranker } from './transformers-reranker.ts';

// The package weighs half a gigabyte, so it is not among those that every checkout installs.
if (libraryMissing !== undefined) test.skip(`the real library: ${libraryMissing}`, () => undefined);
else describe('with the real library', withLibrary);

function withLibrary(): void {
  const embedderModel = tinyModel('tiny-embedder');
  const rerankerModel = tinyModel('tiny-reranker');
  afterAll(() => [embedderModel, rerankerModel].forEach(removeModel));

  const cacheDir = 'not-used';
  const openEmbedder = (model = embedderModel.folder) =>
    openTransformersEmbedder({ model, dtype: 'q8', cacheDir, englishCoverage: () => 1 });
  const openReranker = (model = rerankerModel.folder) =>
    openTransformersReranker({ model, dtype: 'q8', cacheDir });

  runEmbedderContract({ name: 'transformers', open: openEmbedder });
  runRerankerContract({ name: 'transformers', open: openReranker });

  test('a vector is the same whatever text stands next to it', async () => {
    const embedder = await openEmbedder();
    const [alone] = await embedder.embed(['a quiet text'], { role: 'document' });
    const texts = ['short', 'a quiet text', 'AND A LOUD ONE! '.repeat(40)];
    const [, together] = await embedder.embed(texts, { role: 'document' });
    await embedder.close?.();
    expect(together).toEqual(alone);
  });

  test('a model that came from the hub once needs no network again', async () => {
    const cached = join(embedderModel.parent, 'cache');
    cpSync(embedderModel.folder, join(cached, 'reverie', 'tiny'), { recursive: true });
    const options = { dtype: 'q8', cacheDir: cached, englishCoverage: () => 1 } as const;
    const embedder = await openTransformersEmbedder({ ...options, model: 'reverie/tiny' });
    expect(embedder).toMatchObject({ dimension: 32, isInstant: false });
    await embedder.close?.();
  });

  test('a dimension that the model does not have is refused', async () => {
    const options = { dtype: 'q8', cacheDir, englishCoverage: () => 1 } as const;
    const model = embedderModel.folder;
    const opened = openTransformersEmbedder({ ...options, model, dimension: 64 });
    const details = { setting: 'REVERIE_EMBEDDER_DIMENSION' };
    await expect(opened).rejects.toMatchObject({ code: 'setting_invalid', details });
  });

  test('a model of the other kind is refused', async () => {
    await expect(openEmbedder(rerankerModel.folder)).rejects.toMatchObject({
      code: 'setting_invalid',
      message: expect.stringContaining('tiny-reranker'),
    });
    await expect(openReranker(embedderModel.folder)).rejects.toMatchObject({
      code: 'setting_invalid',
      message: expect.stringContaining('no cross-encoder'),
    });
  });

  test('two models of one process do not disturb each other', async () => {
    const [embedder, reranker] = await Promise.all([openEmbedder(), openReranker()]);
    const [vectors, scores] = await Promise.all([
      embedder.embed(Array(50).fill('some text'), { role: 'document' }),
      reranker.rerank('question', Array(50).fill('some text')),
    ]);
    expect(new Set(vectors.map(String)).size).toBe(1);
    expect(new Set(scores).size).toBe(1);
    await Promise.all([embedder.close?.(), reranker.close?.()]);
  });
}
