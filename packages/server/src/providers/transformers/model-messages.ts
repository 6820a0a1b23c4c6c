/** What the server and a model's process say to each other. */
import type { Pooling } from './model-families.ts';

/** The first message: what to load. */
export interface ModelTask {
  /** A text becomes a vector, or a pair of texts one score. */
  readonly use: 'embed' | 'rank';
  /** A folder with config.json, tokenizer.json and onnx/, or a hub id. */
  readonly model: string;
  /** The folder that `model` lies in; absent for a hub id. */
  readonly parent?: string;
  readonly revision: string;
  readonly dtype: string;
  /** How the states of the tokens become one vector; a ranking model has a head for that. */
  readonly pooling: Pooling;
  /** Where what comes from the hub is kept. */
  readonly cacheDir: string;
}

/** One text, or a question and a passage. */
export interface ModelInput {
  readonly text: string;
  readonly pair?: string;
}

export interface ModelQuestion extends ModelInput {
  readonly id: number;
}

export type ToModel =
  | { readonly type: 'load'; readonly task: ModelTask }
  | ({ readonly type: 'run' } & ModelQuestion);

export type FromModel =
  /** `size`: the length of every answer. */
  | { readonly type: 'ready'; readonly size: number }
  | {
      readonly type: 'failed';
      readonly reason: 'package-missing' | 'model-unusable';
      readonly message: string;
    }
  /** A unit-length vector, or one score. */
  | { readonly type: 'answer'; readonly id: number; readonly values: Float32Array }
  | { readonly type: 'fault'; readonly id: number; readonly message: string };
