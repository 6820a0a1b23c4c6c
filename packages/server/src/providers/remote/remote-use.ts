/** What a service is used for: how it is called in messages, and which settings name it. */
import type { ErrorCode } from '../../domain/errors.ts';

export interface RemoteUse {
  /** In messages, and what `details` calls the service by. */
  readonly noun: 'embedder' | 'LLM';
  readonly detail: 'embedder' | 'llm';
  /** What the names of its settings begin with. */
  readonly setting: 'REVERIE_EMBEDDER' | 'REVERIE_LLM';
  /** Codes for what may work later, and for what will not. */
  readonly unavailable: ErrorCode;
  readonly rejected: ErrorCode;
}

export const embedderUse: RemoteUse = {
  noun: 'embedder',
  detail: 'embedder',
  setting: 'REVERIE_EMBEDDER',
  unavailable: 'embedder_unavailable',
  rejected: 'embedder_rejected',
};

export const generatorUse: RemoteUse = {
  noun: 'LLM',
  detail: 'llm',
  setting: 'REVERIE_LLM',
  unavailable: 'generator_unavailable',
  rejected: 'generator_rejected',
};
