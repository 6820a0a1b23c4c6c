/** One setting: what it is called, what its value looks like, and how text becomes that value. */
import { isIP } from 'node:net';
import { z } from 'zod';

export interface Setting<T = unknown> {
  /** Camel case, as the code names it. */
  readonly name: string;
  readonly env: string;
  /** Absent for a secret: every process of the machine can read the arguments of another. */
  readonly flag?: string;
  /** From text to a value; its message completes "NAME: ...". */
  readonly schema: z.ZodType<T, string>;
  /** As it would be written in the environment. */
  readonly default?: string;
  /** Never shown; may be read from the file that `<env>_FILE` names. */
  readonly secret: boolean;
  /** `client`: known here so that it is not taken for a typing error, used by clients only. */
  readonly side: 'server' | 'client';
  /** What a value looks like: `port`, `folder`, `sqlite|ephemeral`. */
  readonly form: string;
  readonly doc: string;
  /** The version that brought it. */
  readonly since: string;
}

export const integer = (min: number, max: number): z.ZodType<number, string> =>
  z
    .string()
    .regex(/^\d{1,15}$/, `a whole number from ${min} to ${max} is needed`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, {
      error: `a whole number from ${min} to ${max} is needed`,
    });

export const choice = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `one of ${values.join(', ')} is needed` }) as z.ZodType<
    T[number],
    string
  >;

export const word = z.string().regex(/^[^\s\p{Cc}]+$/u, 'text without spaces is needed');

export const apiKeyText = z
  .string()
  .regex(/^[\x21-\x7e]{1,4096}$/, 'visible characters are needed');

/** Words with commas between them. */
export const words = (isWord: (word: string) => boolean, needed: string) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine((parts) => parts.every(isWord), { error: `${needed} are needed, with commas between` });

export const privateTargets = z.string().transform((text, context): 'allow' | string[] => {
  const parts = text.split(',').map((part) => part.trim());
  const named = parts.filter(Boolean);
  if (text.trim() === 'allow') return 'allow';
  if (named.every((part) => isNetwork(part) || isHostName(part))) return named;
  const message = 'allow, or host names, addresses and networks with commas between, are needed';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

export const isHostName = (text: string): boolean => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);

/** `kafka-1:9092`, `10.0.0.1:9092`, `[::1]:9092`. */
export function isHostAndPort(text: string): boolean {
  const [, address, name, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const isHost = address === undefined ? isHostName(name ?? '') : isIP(address) === 6;
  return isHost && Number(port) > 0 && Number(port) <= 65_535;
}

/** As browsers send it: no path, no slash at the end, no wildcard. */
export const isOrigin = (text: string): boolean =>
  /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;

export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const bitsMax = family === 4 ? 32 : 128;
  const isWhole = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax);
  return family !== 0 && isWhole && rest.length === 0;
}

/** Its value is always known. */
export interface WithDefault {
  readonly default: string;
}

type Draft<T> = Omit<Setting<T>, 'name' | 'flag' | 'secret' | 'side' | 'since'> &
  Partial<Pick<Setting<T>, 'secret' | 'side' | 'since'>>;

type Value<S> = S extends Setting<infer T> ? T : never;

/** The values of a group by name; undefined may be what has no default. */
export type Values<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends { readonly default: string }
    ? Value<Group[Name]>
    : Value<Group[Name]> | undefined;
};

/** `REVERIE_DATA_DIR` is `dataDir` in code and `--data-dir` on the command line. */
export function define<T>(draft: Draft<T> & WithDefault): Setting<T> & WithDefault;
export function define<T>(draft: Draft<T>): Setting<T>;
export function define<T>(draft: Draft<T>): Setting<T> {
  const words = draft.env.replace(/^REVERIE_/, '').toLowerCase();
  const { secret = false, side = 'server', since = '0.1.0' } = draft;
  return {
    ...draft,
    name: words.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    ...(!secret && { flag: `--${words.replaceAll('_', '-')}` }),
    secret,
    side,
    since,
  };
}
