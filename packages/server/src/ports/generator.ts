/** Writes text to a prompt: a large language model. Optional; nothing needs one. */

/** A JSON schema as an object, of the parts that language models' services understand. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** In US dollars per million tokens. */
export interface TokenPrices {
  readonly input: number;
  readonly output: number;
}

export interface GenerateRequest {
  /** What the model is to do, and what it must not. */
  readonly system: string;
  readonly prompt: string;
  /** What the answer's JSON must look like. The service may not hold to it: the caller checks. */
  readonly schema?: JsonSchema;
  /** Where the service stops writing. What a model thinks before it answers counts too. */
  readonly maxOutputTokens: number;
  /** Ends the call early; the promise rejects. */
  readonly signal?: AbortSignal;
}

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Counted here, because the service did not say: another tokeniser, so a few percent off. */
  readonly isEstimated: boolean;
}

export interface Generated {
  /**
   * With a schema the JSON alone, where there was some: no fence, no words around it. It may still
   * be anything, and empty.
   */
  readonly text: string;
  /** `cut` at `maxOutputTokens`; `refused` by the service or the model. */
  readonly ended: 'whole' | 'cut' | 'refused';
  readonly usage: Usage;
}

export interface Generator {
  /** `vendor/model`, kept beside what was made with it. */
  readonly model: string;
  /** Absent where nobody said. */
  readonly prices?: TokenPrices;
  /**
   * One answer to one prompt. Nothing is remembered between calls.
   *
   * @throws MemoryError `generator_unavailable` (may work later), `generator_rejected` (will not;
   * `details.status` is the HTTP status), `overloaded` when too many calls wait, `shutting_down`
   * after {@link close}; the signal's reason when it ends the call.
   */
  generate(request: GenerateRequest): Promise<Generated>;
  /** Gives sockets free; what is under way is ended. */
  close?(): Promise<void>;
}
