/** What the setting of a model names: a folder or a repository of the hub, and how to use it. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { MemoryError } from '../../domain/errors.ts';
import { type ModelRecipe, type Pooling, recipeOf } from './model-families.ts';

export interface ModelSource {
  /** As the library is asked for it. */
  readonly model: string;
  /** The folder that the model's folder lies in; absent for the hub. */
  readonly parent?: string;
  readonly revision: string;
  readonly recipe: ModelRecipe;
  /** Name, precision and a digest of all that decides the numbers. */
  readonly identity: string;
}

export const modelFiles = {
  q8: 'model_quantized.onnx',
  fp32: 'model.onnx',
  fp16: 'model_fp16.onnx',
  int8: 'model_int8.onnx',
  uint8: 'model_uint8.onnx',
  q4: 'model_q4.onnx',
} as const;
export type ModelDtype = keyof typeof modelFiles;

/** `owner/name`, or `owner/name@revision`. */
const hubId = /^([\w.-]+\/[\w.-]+?)(?:@([\w.-]+))?$/;

/**
 * A text that begins with `/`, `./` or `../` is a folder, relative to `cwd`; another one is a hub
 * id.
 *
 * @throws MemoryError `setting_invalid` for text that is neither, or a folder that lacks a file.
 */
export async function resolveModel(
  setting: string,
  text: string,
  dtype: ModelDtype,
  cwd = process.cwd(),
): Promise<ModelSource> {
  if (isAbsolute(text) || /^\.{1,2}(?:[\\/]|$)/.test(text)) {
    return folderSource(setting, resolve(cwd, text), dtype);
  }
  const [, id, revision = 'main'] = hubId.exec(text) ?? [];
  if (id === undefined) {
    const example = 'Xenova/all-MiniLM-L6-v2';
    throw invalid(setting, `"${text}" is neither a hub id such as ${example} nor a folder`);
  }
  const recipe = recipeOf(id);
  const digest = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 8);
  const identity = `transformers:${id}@${revision}:${dtype}:${digest}`;
  return { model: id, revision, recipe, identity };
}

async function folderSource(
  setting: string,
  folder: string,
  dtype: ModelDtype,
): Promise<ModelSource> {
  const weights = join('onnx', modelFiles[dtype]);
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', weights]) {
    if (!existsSync(join(folder, file))) {
      const which = file === weights ? ` (${dtype})` : '';
      throw invalid(setting, `${folder} has no ${file}${which}`);
    }
  }
  const model = basename(folder);
  const recipe = folderRecipe(setting, folder);
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  for (const file of ['tokenizer.json', weights, `${weights}_data`]) {
    if (existsSync(join(folder, file))) await addFile(hash, join(folder, file));
  }
  const identity = `transformers:${model}:${dtype}:${hash.digest('hex').slice(0, 12)}`;
  return { model, parent: dirname(folder), revision: 'main', recipe, identity };
}

/** The files of sentence-transformers say more than a name can. */
function folderRecipe(setting: string, folder: string): ModelRecipe {
  const config = readJson(setting, join(folder, 'config.json'));
  const named = recipeOf(`${basename(folder)} ${String(config._name_or_path ?? '')}`);
  const prompts = readJson(setting, join(folder, 'config_sentence_transformers.json')).prompts;
  const prompt = (name: string): string | undefined => {
    const text = isObject(prompts) ? prompts[name] : undefined;
    return typeof text === 'string' && text !== '' ? text : undefined;
  };
  return {
    ...named,
    pooling: folderPooling(setting, folder) ?? named.pooling,
    queryPrefix: prompt('query') ?? named.queryPrefix,
    documentPrefix: prompt('document') ?? prompt('passage') ?? named.documentPrefix,
  };
}

function folderPooling(setting: string, folder: string): Pooling | undefined {
  const file = join('1_Pooling', 'config.json');
  const pooling = readJson(setting, join(folder, file));
  if (Object.keys(pooling).length === 0) return undefined;
  if (pooling.pooling_mode_mean_tokens === true || pooling.pooling_mode === 'mean') return 'mean';
  if (pooling.pooling_mode_cls_token === true || pooling.pooling_mode === 'cls') return 'cls';
  throw invalid(setting, `${join(folder, file)} names a pooling other than mean and cls`);
}

function readJson(setting: string, path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isObject(parsed)) return parsed;
  } catch (cause) {
    throw invalid(setting, `${path} cannot be read`, cause);
  }
  throw invalid(setting, `${path} holds no JSON object`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function addFile(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  for await (const chunk of createReadStream(path)) hash.update(chunk);
}

function invalid(setting: string, reason: string, cause?: unknown): MemoryError {
  const options = { details: { setting }, cause };
  return new MemoryError('setting_invalid', `${setting}: ${reason}.`, options);
}
