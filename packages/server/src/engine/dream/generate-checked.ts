/** One question to the language model whose answer fits a schema, or is not used at all. */
import { z } from 'zod';
import { MemoryError } from '../../domain/errors.ts';
import type { Generated, GenerateRequest, Generator } from '../../ports/generator.ts';
import type { OpenTokenizer } from '../../ports/tokenizer.ts';
import { countInPieces } from '../../util/count-in-pieces.ts';
import { followSignals } from '../../util/follow-signals.ts';
import { safeText } from '../context/safe-text.ts';
import type { RenderedPrompt } from './load-prompt.ts';
import type { Spending } from './spending.ts';

export interface AskingParts {
  readonly generator: Generator;
  readonly openTokenizer: OpenTokenizer;
  readonly spending: Spending;
}

export interface CheckedQuestion<T> {
  readonly prompt: RenderedPrompt;
  /**
   * What the answer must be; its refinements count too, so that ids can be checked against those
   * that were shown. Its JSON schema is what the service is given.
   */
  readonly schema: z.ZodType<T>;
  readonly maxOutputTokens: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * - `budget`: too little is left of it; the model was not asked, or time ran out while it wrote.
 * - `bad_answer`: twice no answer that fits.
 * - `refused`: the model or its service would not answer this.
 * - `unavailable`: the service may answer later.
 * - `rejected`: the service will answer nothing as it is set; it is no use to ask on.
 */
export type CheckedFailure = 'budget' | 'bad_answer' | 'refused' | 'unavailable' | 'rejected';

export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly model: string; readonly prompt: string }
  | { readonly ok: false; readonly reason: CheckedFailure; readonly message: string };

/** A fault of an answer, said to the model once. */
const faultCharsMax = 400;

/**
 * Asks, checks, and asks once more with what was wrong. All that was spent is counted in
 * `spending`.
 *
 * @throws only what ends the whole dream: the signal's reason, `shutting_down`, and bugs.
 */
export async function generateChecked<T>(
  parts: AskingParts,
  question: CheckedQuestion<T>,
): Promise<Checked<T>> {
  const { generator, spending } = parts;
  const first = await askOnce(parts, question, question.prompt.prompt);
  if ('reason' in first) {
    if (first.reason === 'refused') spending.drop();
    return { ok: false, ...first };
  }
  const found = readAnswer(first, question.schema);
  const told = { model: generator.model, prompt: question.prompt.id };
  if ('value' in found) return { ok: true, value: found.value, ...told };
  spending.retry();
  const again = await askOnce(parts, question, withFault(question.prompt.prompt, found.fault));
  if ('reason' in again) {
    spending.drop();
    return { ok: false, ...again };
  }
  const second = readAnswer(again, question.schema);
  if ('value' in second) return { ok: true, value: second.value, ...told };
  spending.drop();
  const message = `The model gave two answers that cannot be used: ${second.fault}`;
  return { ok: false, reason: 'bad_answer', message };
}

type Failure = { readonly reason: CheckedFailure; readonly message: string };

const noBudget: Failure = { reason: 'budget', message: 'Too little of the budget is left.' };

async function askOnce<T>(
  { generator, openTokenizer, spending }: AskingParts,
  { prompt: { system }, schema, maxOutputTokens, signal }: CheckedQuestion<T>,
  prompt: string,
): Promise<Generated | Failure> {
  const request = { system, prompt, schema: jsonSchemaOf(schema), maxOutputTokens };
  const inputTokens = await estimateTokens(request, openTokenizer);
  const reservation = spending.reserve({ inputTokens, outputTokens: maxOutputTokens });
  if (reservation === undefined) return noBudget;
  const own = followSignals(signal);
  const timer = startTimer(spending.msLeft(), () => own.abort(outOfTime));
  try {
    const generated = await generator.generate({ ...request, signal: own.signal });
    reservation.settle(generated.usage);
    if (generated.ended !== 'refused') return generated;
    return { reason: 'refused', message: 'The model refused to answer.' };
  } catch (error) {
    signal?.throwIfAborted();
    if (error !== outOfTime) return failureOf(error);
    // The service has read it, and will bill that at least.
    reservation.settle({ inputTokens, outputTokens: 0, isEstimated: true });
    return noBudget;
  } finally {
    reservation.settle();
    clearTimeout(timer);
    own.release();
  }
}

const outOfTime = Symbol('out of time');

function failureOf(error: unknown): Failure {
  if (!MemoryError.isInstance(error)) throw error;
  const { code, message } = error;
  if (code === 'generator_rejected') return { reason: 'rejected', message };
  if (code === 'generator_unavailable' || code === 'overloaded') {
    return { reason: 'unavailable', message };
  }
  throw error;
}

/** Longer times than a timer takes are no bound for one answer. */
const timerMsMax = 2 ** 31 - 1;

function startTimer(durationMs: number, end: () => void): NodeJS.Timeout | undefined {
  return durationMs > timerMsMax ? undefined : setTimeout(end, durationMs);
}

/** What a service adds around a system text and a prompt, generously. */
const frameTokens = 32;

async function estimateTokens(
  { system, prompt, schema }: GenerateRequest,
  openTokenizer: OpenTokenizer,
): Promise<number> {
  const tokenizer = await openTokenizer();
  const text = `${system}\n${prompt}\n${JSON.stringify(schema)}`;
  return frameTokens + (await countInPieces(text, (piece) => tokenizer.count(piece)));
}

/** Closed objects: services that hold a model to a schema want to know every field. */
function jsonSchemaOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override({ jsonSchema }) {
      if (jsonSchema.type === 'object') jsonSchema.additionalProperties ??= false;
    },
  });
  return rest;
}

type Read<T> = { readonly value: T } | { readonly fault: string };

function readAnswer<T>({ text, ended }: Generated, schema: z.ZodType<T>): Read<T> {
  const json = parseJson(text);
  if (json === undefined) {
    const isCut = ended === 'cut';
    return { fault: isCut ? 'It was too long and was cut off.' : 'It was not one JSON value.' };
  }
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return { value: parsed.data };
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { fault: safeText(faults.join('; ')).slice(0, faultCharsMax) };
}

/** In an object, since null is a value. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function withFault(prompt: string, fault: string): string {
  return (
    `${prompt}\n\nYour last answer could not be used: ${fault}\n` +
    'Answer again, with JSON that fits, and nothing else.'
  );
}
