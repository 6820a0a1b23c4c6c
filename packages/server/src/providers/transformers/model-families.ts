/** How each family of embedding models wants to be used: pooling and prefixes. */

/** `mean` of all tokens, or the state of the first, `cls`. */
export type Pooling = 'mean' | 'cls';

export interface ModelRecipe {
  readonly pooling: Pooling;
  readonly queryPrefix: string;
  readonly documentPrefix: string;
  /** Trained on English: what it says of other languages is not to be trusted. */
  readonly isEnglish: boolean;
}

const recipe = (
  pooling: Pooling,
  language: 'english' | 'any',
  queryPrefix = '',
  documentPrefix = '',
): ModelRecipe => ({ pooling, queryPrefix, documentPrefix, isEnglish: language === 'english' });

const searching = 'Represent this sentence for searching relevant passages: ';
const searchingInChinese = '为这个句子生成表示以用于检索相关文章：';

/** As the model cards say. The first pattern that the lower-case name fits is the family. */
const families: readonly (readonly [RegExp, ModelRecipe])[] = [
  [/multilingual-e5/, recipe('mean', 'any', 'query: ', 'passage: ')],
  [/\be5-/, recipe('mean', 'english', 'query: ', 'passage: ')],
  [/bge-m3/, recipe('cls', 'any')],
  [/bge-.*-zh/, recipe('cls', 'any', searchingInChinese)],
  [/\bbge-/, recipe('cls', 'english', searching)],
  [/arctic-embed-.*v2/, recipe('cls', 'any', 'query: ')],
  [/arctic-embed/, recipe('cls', 'english', searching)],
  [/mxbai-embed/, recipe('cls', 'english', searching)],
  [/nomic-embed/, recipe('mean', 'english', 'search_query: ', 'search_document: ')],
  [/gte-multilingual/, recipe('cls', 'any')],
  [/gte-.*-en-v1\.5/, recipe('cls', 'english')],
  [/multilingual|distiluse/, recipe('mean', 'any')],
  [/minilm|mpnet|\bgte-(?:small|base|large)/, recipe('mean', 'english')],
];

/** A name of no known family: the mean of the tokens, no prefix, any language. */
export function recipeOf(name: string): ModelRecipe {
  const known = families.find(([pattern]) => pattern.test(name.toLowerCase()));
  return known?.[1] ?? recipe('mean', 'any');
}
