/** An embedder for tests: a bag of hashed words, as slow and as unwilling as a test wants it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Models } from '../packages/server/src/compose-models.ts';
import { createAnalyzer } from '../packages/server/src/engine/analysis.ts';
import type { Embedder, EmbedOptions } from '../packages/server/src/ports/embedder.ts';
import { openBuiltinEmbedder } from '../packages/server/src/providers/builtin/builtin-embedder.ts';
import { lazyO200kTokenizer } from '../packages/server/src/providers/tokenizer/o200k-tokenizer.ts';

const dimension = 48;

export class HashedEmbedder implements Embedder {
  readonly model: string;
  readonly dimension = dimension;
  readonly isInstant = false;
  /** Milliseconds that an answer takes. */
  delayMs = 0;
  isDown = false;
  /** Texts with this word are refused. */
  refuses = '\0';
  /** Texts that were asked for, in calls. */
  readonly asked: { texts: readonly string[]; role: EmbedOptions['role'] }[] = [];
  #held: Promise<void> | undefined;
  #release: () => void = () => {};

  constructor(model = 'hashed/1') {
    this.model = model;
  }

  /** Documents wait from now on; questions are answered. */
  hold(): void {
    this.#held = new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  release(): void {
    this.#held = undefined;
    this.#release();
  }

  async embed(texts: readonly string[], { role, signal }: EmbedOptions): Promise<Float32Array[]> {
    this.asked.push({ texts, role });
    if (this.delayMs > 0) await sleep(this.delayMs, undefined, signal && { signal });
    if (role === 'document' && this.#held) {
      const ended = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
      await Promise.race([this.#held, ended]);
    }
    if (this.isDown) throw new Error('Nobody is there.');
    if (texts.some((text) => text.includes(this.refuses))) throw new Error('This text is refused.');
    return texts.map(vectorOf);
  }
}

export function modelsWith(embedder: Embedder, others: readonly Embedder[] = []): Models {
  const builtin = openBuiltinEmbedder();
  return {
    embedder,
    embedders: [embedder, ...others],
    analyzer: createAnalyzer(),
    wordWeight: (word) => builtin.wordWeight(word),
    openTokenizer: lazyO200kTokenizer(),
  };
}

/** Beside the builtin one, as after a change of the settings. */
export function bothModels(embedder: Embedder): Models {
  return modelsWith(embedder, [openBuiltinEmbedder()]);
}

export function builtinModels(): Models {
  return modelsWith(openBuiltinEmbedder());
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(dimension);
  for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
    let hash = 7;
    for (const char of word) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
    vector[hash % dimension] = (vector[hash % dimension] ?? 0) + 1;
  }
  const size = Math.hypot(...vector) || 1;
  return vector.map((value) => value / size);
}
