/** What is known of well-known models, so that nobody has to look it up or to ask a service. */

export interface KnownModel {
  /** Numbers in a vector when nothing else is asked for. */
  readonly dimension: number;
  /** What the service gives unasked, where we ask for fewer. */
  readonly nativeDimension?: number;
  /** Other dimensions that the model can be asked for. Absent: none. */
  readonly sizes?: readonly number[] | { readonly min: number; readonly max: number };
  /** Put before a question and before a document, as the model was trained. */
  readonly prefixes?: Readonly<Record<'query' | 'document', string>>;
}

/** By the last part of a model's name in lower case: `BAAI/bge-m3` is found as `bge-m3`. */
export function knownModel(model: string): KnownModel | undefined {
  const name = (model.toLowerCase().split('/').at(-1) ?? '').replace(/:latest$/, '');
  return families.find(([pattern]) => pattern.test(name))?.[1];
}

/** Whether the model can give vectors of so many numbers. */
export function canHaveDimension(known: KnownModel, dimension: number): boolean {
  const { sizes } = known;
  if (dimension === known.dimension || dimension === known.nativeDimension) return true;
  if (sizes === undefined) return false;
  if ('min' in sizes) return dimension >= sizes.min && dimension <= sizes.max;
  return sizes.includes(dimension);
}

const quarters = [256, 512, 1024, 2048];
const prefixed = (query: string, document: string) => ({ prefixes: { query, document } });
const e5 = prefixed('query: ', 'passage: ');
const represent = prefixed('Represent this sentence for searching relevant passages: ', '');
const nomic = prefixed('search_query: ', 'search_document: ');
const instruct = (end: string) => {
  const task = 'Given a web search query, retrieve relevant passages that answer the query';
  return prefixed(`Instruct: ${task}\nQuery:${end}`, '');
};

/**
 * As the models' cards and the services' documentation have it, November 2026; not checked against
 * the services. A wrong dimension shows at the first answer, by name.
 */
const families: readonly (readonly [RegExp, KnownModel])[] = [
  [/^text-embedding-3-small$/, { dimension: 1536, sizes: { min: 1, max: 1536 } }],
  [/^text-embedding-3-large$/, { dimension: 3072, sizes: { min: 1, max: 3072 } }],
  [/^text-embedding-ada-002$/, { dimension: 1536 }],
  [/^embed-v4\.0$/, { dimension: 1536, sizes: [256, 512, 1024, 1536] }],
  [/^embed-(english|multilingual)-v3\.0$/, { dimension: 1024 }],
  [/^embed-(english|multilingual)-light-v3\.0$/, { dimension: 384 }],
  [/^mistral-embed(-\d+)?$/, { dimension: 1024 }],
  [/^voyage-(4(-large|-lite)?|3\.5(-lite)?|3-large|code-3)$/, { dimension: 1024, sizes: quarters }],
  [/^voyage-(3|finance-2|law-2|multilingual-2)$/, { dimension: 1024 }],
  [
    /^gemini-embedding-001$/,
    // 768 is one of the sizes that Google recommends, and a quarter of the memory.
    { dimension: 768, nativeDimension: 3072, sizes: { min: 128, max: 3072 } },
  ],
  [/^nomic-embed-text(-v1(\.5)?)?(:v1\.5)?$/, { dimension: 768, ...nomic }],
  [/^nomic-embed-text-v2-moe$/, { dimension: 768, ...nomic }],
  [/^mxbai-embed-large(-v1)?$/, { dimension: 1024, ...represent }],
  [/^bge-m3$/, { dimension: 1024 }],
  [/^bge-large-en(-v1\.5)?$/, { dimension: 1024, ...represent }],
  [/^bge-base-en(-v1\.5)?$/, { dimension: 768, ...represent }],
  [/^bge-small-en(-v1\.5)?$/, { dimension: 384, ...represent }],
  [/^(multilingual-e5-large|e5-large-v2)$/, { dimension: 1024, ...e5 }],
  [/^(multilingual-e5-base|e5-base-v2)$/, { dimension: 768, ...e5 }],
  [/^(multilingual-e5-small|e5-small-v2)$/, { dimension: 384, ...e5 }],
  [/^multilingual-e5-large-instruct$/, { dimension: 1024, ...instruct(' ') }],
  [/^all-minilm(-l(6|12)-v2)?$/, { dimension: 384 }],
  [/^paraphrase-multilingual-minilm-l12-v2$/, { dimension: 384 }],
  [/^all-mpnet-base-v2$/, { dimension: 768 }],
  [
    /^embeddinggemma(-300m)?(:300m)?$/,
    { dimension: 768, ...prefixed('task: search result | query: ', 'title: none | text: ') },
  ],
  [/^qwen3-embedding[:-]0\.6b$/, { dimension: 1024, ...instruct('') }],
  [/^qwen3-embedding[:-]4b$/, { dimension: 2560, ...instruct('') }],
  [/^qwen3-embedding([:-]8b)?$/, { dimension: 4096, ...instruct('') }],
  [/^snowflake-arctic-embed(2|-l-v2\.0)$/, { dimension: 1024, ...prefixed('query: ', '') }],
  [/^snowflake-arctic-embed(-l)?$/, { dimension: 1024, ...represent }],
  [/^gte-large(-en-v1\.5)?$/, { dimension: 1024 }],
];
