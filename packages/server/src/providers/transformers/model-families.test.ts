import { expect, test } from 'vitest';
import { recipeOf } from './model-families.ts';

const searching = 'Represent this sentence for searching relevant passages: ';

test.each([
  ['Xenova/all-MiniLM-L6-v2', 'mean', '', '', true],
  ['sentence-transformers/all-mpnet-base-v2', 'mean', '', '', true],
  ['Xenova/paraphrase-multilingual-MiniLM-L12-v2', 'mean', '', '', false],
  ['Xenova/multilingual-e5-small', 'mean', 'query: ', 'passage: ', false],
  ['Xenova/e5-small-v2', 'mean', 'query: ', 'passage: ', true],
  ['Xenova/bge-small-en-v1.5', 'cls', searching, '', true],
  ['Xenova/bge-m3', 'cls', '', '', false],
  ['Snowflake/snowflake-arctic-embed-m-v2.0', 'cls', 'query: ', '', false],
  ['Snowflake/snowflake-arctic-embed-xs', 'cls', searching, '', true],
  ['nomic-ai/nomic-embed-text-v1.5', 'mean', 'search_query: ', 'search_document: ', true],
  ['Supabase/gte-small', 'mean', '', '', true],
  ['Alibaba-NLP/gte-large-en-v1.5', 'cls', '', '', true],
  ['someone/something-else', 'mean', '', '', false],
])('%s is used as its card says', (name, pooling, queryPrefix, documentPrefix, isEnglish) => {
  expect(recipeOf(name)).toEqual({ pooling, queryPrefix, documentPrefix, isEnglish });
});

test('a Chinese bge has its own words for a question', () => {
  expect(recipeOf('Xenova/bge-small-zh-v1.5')).toMatchObject({ pooling: 'cls', isEnglish: false });
  expect(recipeOf('Xenova/bge-small-zh-v1.5').queryPrefix).toContain('检索');
});
