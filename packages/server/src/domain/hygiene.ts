/** What may be wrong with what is stored, and what a server or a namespace does about it. */

/** `secrets` open something, `cards` pay, `instructions` speak to a model and not to a reader. */
export const hygieneKinds = ['secrets', 'cards', 'instructions'] as const;
export type HygieneKind = (typeof hygieneKinds)[number];

/**
 * `flag` stores and says so, `quarantine` stores out of sight, `redact` puts a marker in its place
 * before anything is written, `refuse` stores nothing, `off` looks away.
 */
export const hygienePolicies = ['off', 'flag', 'quarantine', 'redact', 'refuse'] as const;
export type HygienePolicy = (typeof hygienePolicies)[number];

export type HygienePolicies = Readonly<Record<HygieneKind, HygienePolicy>>;

/** A place in a text, as UTF-16 offsets, and what stands there. */
export interface Finding {
  readonly kind: HygieneKind;
  /** `api_key`, `card_number`, `override`, ... */
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

export const flagActions = ['flagged', 'quarantined', 'redacted'] as const;

/** What was found in a memory. It never holds what was found. */
export interface Flag {
  readonly kind: HygieneKind;
  readonly type: string;
  /** The field of the memory: `value`, `metadata`, `tags[0]`, ... */
  readonly field: string;
  readonly action: (typeof flagActions)[number];
}

/** What stands where something was taken out. */
export function redactionOf(type: string): string {
  return `[redacted:${type}]`;
}

/** The same policy for every kind. */
export function policiesOf(policy: HygienePolicy): HygienePolicies {
  return { secrets: policy, cards: policy, instructions: policy };
}

/** `refuse`, or `secrets=redact,cards=refuse`: kinds that are not named are flagged. */
export function parsePolicies(text: string): HygienePolicies | undefined {
  const whole = hygienePolicies.find((policy) => policy === text);
  if (whole) return policiesOf(whole);
  const named = new Map<HygieneKind, HygienePolicy>();
  for (const part of text.split(',')) {
    const [name, value, ...rest] = part.split('=').map((word) => word.trim());
    const kind = hygieneKinds.find((one) => one === name);
    const policy = hygienePolicies.find((one) => one === value);
    if (!kind || !policy || rest.length > 0 || named.has(kind)) return undefined;
    named.set(kind, policy);
  }
  return { ...policiesOf('flag'), ...Object.fromEntries(named) };
}
