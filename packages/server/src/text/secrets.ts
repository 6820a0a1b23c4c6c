/** Secrets in a text: what a service issues or a bank prints, told by its exact form. Pure. */

export const secretTypes = ['private_key', 'api_key', 'card_number'] as const;
export type SecretType = (typeof secretTypes)[number];

const privateKey = /-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/;

/**
 * Forms that the issuers document: a fixed beginning and a length. A word of any other form may be
 * anything, so it is none.
 */
const apiKeys: readonly RegExp[] = [
  // OpenAI and its kin (sk-, sk-proj-), Anthropic (sk-ant-), this server (sk-rev-).
  /\bsk-(?:[a-z]{2,8}\d{0,2}-)?[A-Za-z0-9_-]{32,200}/,
  // Stripe.
  /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,120}\b/,
  // AWS access key ids.
  /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/,
  // GitHub, classic and fine-grained.
  /\bgh[pousr]_[A-Za-z0-9]{36,120}\b/,
  /\bgithub_pat_[A-Za-z0-9_]{60,120}\b/,
  // GitLab, npm, Hugging Face, Slack, SendGrid.
  /\bglpat-[A-Za-z0-9_-]{20,60}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bhf_[A-Za-z]{30,60}\b/,
  /\bxox[abeprs]-[A-Za-z0-9-]{20,200}/,
  /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![\w-])/,
  // Google.
  /\bAIza[A-Za-z0-9_-]{35}(?![\w-])/,
];

/** Digits in groups of three or more with one sign between them, as they stand on a card. */
const cardLike = /(?<![\d.,+-])\d{4}(?:[ -]?\d{3,6}){2,4}(?![\d.,-]?\d)/g;
/** Visa, Mastercard, American Express, Discover, Diners, JCB, each in its length. */
const issuers = new RegExp(
  '^(?:4(?:\\d{12}|\\d{15}|\\d{18})|5[1-5]\\d{14}|2(?:2[2-9]|[3-6]\\d|7[01])\\d{13}|2720\\d{12}' +
    '|3[47]\\d{13}|6(?:011|5\\d\\d|4[4-9]\\d)\\d{12}|3(?:0[0-5]|[689]\\d)\\d{11}|35\\d{14})$',
);

/** The types of secrets that a text holds, each once. Linear in the length of the text. */
export function secretsIn(text: string): SecretType[] {
  const found: SecretType[] = [];
  if (privateKey.test(text)) found.push('private_key');
  if (apiKeys.some((pattern) => pattern.test(text) && !isExample(pattern, text))) {
    found.push('api_key');
  }
  if ((text.match(cardLike) ?? []).some(isCardNumber)) found.push('card_number');
  return found;
}

/** Stand-ins in instructions ("sk-xxxxxxxx...") repeat a few signs; what is issued does not. */
function isExample(pattern: RegExp, text: string): boolean {
  const all = text.match(new RegExp(pattern.source, 'g')) ?? [];
  return all.every((word) => new Set(word.slice(8)).size < 8);
}

function isCardNumber(written: string): boolean {
  const digits = written.replace(/[ -]/g, '');
  return issuers.test(digits) && new Set(digits).size > 1 && hasLuhnSum(digits);
}

/** ISO/IEC 7812-1, annex B: every second digit from the right is doubled; the sum ends in 0. */
function hasLuhnSum(digits: string): boolean {
  let sum = 0;
  for (const [i, digit] of [...digits].reverse().entries()) {
    const value = Number(digit) * (i % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
