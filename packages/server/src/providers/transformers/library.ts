/**
 * The part of `@huggingface/transformers` that is used, and how it is found. It is loaded by name
 * at run time, so that neither building nor running the server needs it installed.
 */

export interface Tensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

export interface Tokenizer {
  (text: string, options: TokenizeOptions): Readonly<Record<string, Tensor>>;
  readonly model_max_length?: number;
}

interface TokenizeOptions {
  readonly text_pair?: string;
  readonly truncation: boolean;
  readonly max_length: number;
}

export interface Model {
  (inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  readonly config: { readonly max_position_embeddings?: number };
}

interface LoadOptions {
  readonly revision: string;
  readonly local_files_only: boolean;
  readonly dtype?: string;
  readonly device?: 'cpu';
  /** Handed to onnxruntime; `extra` by the names of its configuration keys. */
  readonly session_options?: { readonly extra: { readonly session: Readonly<SpinOptions> } };
}

interface SpinOptions {
  readonly intra_op: { readonly allow_spinning: '0' | '1' };
  readonly inter_op: { readonly allow_spinning: '0' | '1' };
}

interface Loader<T> {
  from_pretrained(model: string, options: LoadOptions): Promise<T>;
}

export interface TransformersLibrary {
  readonly env: {
    allowRemoteModels: boolean;
    localModelPath: string;
    cacheDir: string;
    logLevel: number;
  };
  readonly LogLevel: { readonly ERROR: number };
  readonly AutoTokenizer: Loader<Tokenizer>;
  readonly AutoModel: Loader<Model>;
  readonly AutoModelForSequenceClassification: Loader<Model>;
}

export const libraryName = '@huggingface/transformers';

/** Undefined when the package is not installed; one that is broken throws. */
export async function loadLibrary(): Promise<TransformersLibrary | undefined> {
  try {
    // A name in a variable, since the compiler would look for a package written out.
    const library: TransformersLibrary = await import(libraryName as string);
    return library;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const isAbsent = code === 'ERR_MODULE_NOT_FOUND' && String(error).includes(libraryName);
    if (isAbsent) return undefined;
    throw error;
  }
}
