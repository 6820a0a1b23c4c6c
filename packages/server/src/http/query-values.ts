/** Reads a query string as the values that a JSON body would hold: one schema serves both. */
import { z } from '@hono/zod-openapi';

type Kind = 'text' | 'number' | 'boolean' | 'list';
type Read = (texts: readonly string[]) => unknown;

/**
 * Turns the parameters of a query string, each with all that was given for it, into the values
 * that `schema` checks. What does not read as a field's type stays text, so that the schema refuses
 * it by name, and so does a parameter that is given twice where one value is taken. A list is a
 * repeated parameter, or one with commas.
 */
export function queryReader(
  schema: z.ZodType,
): (parameters: Record<string, string[]>) => Record<string, unknown> {
  const shape = schema instanceof z.ZodObject ? schema.shape : {};
  const readers = new Map(Object.entries(shape).map(([name, field]) => [name, readerOf(field)]));
  return (parameters) =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, texts]) => [
        name,
        (readers.get(name) ?? single)(texts),
      ]),
    );
}

function readerOf(field: unknown): Read {
  const taken = kindsOf(field);
  const takes = (kind: Kind) => taken.includes(kind);
  if (takes('list')) return (texts) => texts.flatMap((text) => text.split(',')).filter(Boolean);
  if (takes('boolean')) return (texts) => readBoolean(single(texts));
  if (takes('number')) return (texts) => readNumber(single(texts), takes('text'));
  return single;
}

/** What a field takes, looking through what is optional or transformed. */
function kindsOf(schema: unknown): Kind[] {
  if (schema instanceof z.ZodOptional) return kindsOf(schema.unwrap());
  if (schema instanceof z.ZodPipe) return kindsOf(schema.in);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(kindsOf);
  if (schema instanceof z.ZodNumber) return ['number'];
  if (schema instanceof z.ZodBoolean) return ['boolean'];
  if (schema instanceof z.ZodArray) return ['list'];
  return ['text'];
}

/** The list where there are several: no schema of a single value takes it. */
function single(texts: readonly string[]): unknown {
  return texts.length === 1 ? texts[0] : texts;
}

const booleanSchema = z.stringbool();

function readBoolean(value: unknown): unknown {
  const read = booleanSchema.safeParse(value);
  return read.success ? read.data : value;
}

const number = /^-?\d+(\.\d+)?$/;
/** Beside other text a number is a Unix time: 2026 and 20260508 are meant as dates, wrongly. */
const unixTime = /^-?\d{9,}(\.\d+)?$/;

function readNumber(value: unknown, besideText: boolean): unknown {
  const pattern = besideText ? unixTime : number;
  return typeof value === 'string' && pattern.test(value) ? Number(value) : value;
}
