/** Payment card numbers in a text: an issuer's beginning and length, and the check digit. Pure. */
import type { Finding } from '../domain/hygiene.ts';
import { allMatches } from './all-matches.ts';
import type { PlainText } from './plain-text.ts';

/** Digits in groups of three or more with one sign between them, as they stand on a card. */
const cardLike = /(?<![\w.,+-])\d{4}(?:[ .\u2010-\u2013-]?\d{3,6}){2,4}(?![.,]?\d|-\d|[A-Za-z_])/g;
/** Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, each in its length. */
const issuers = new RegExp(
  '^(?:4(?:\\d{12}|\\d{15}|\\d{18})|5[1-5]\\d{14}|2(?:2[2-9]|[3-6]\\d|7[01])\\d{13}|2720\\d{12}' +
    '|3[47]\\d{13}|6(?:011|5\\d\\d|4[4-9]\\d)\\d{12}|3(?:0[0-5]|[689]\\d)\\d{11}|35\\d{14}' +
    '|62\\d{14,17})$',
);
/** What is counted by such words has a number of its own, and one in ten passes for a card. */
const otherNumber = new RegExp(
  '(?:order|tracking|shipment|invoice|ticket|imei|isbn|serial|bestellung|pedido|rechnung' +
    '|commande)[^\\d\\n]{0,20}$',
);

const beforeChars = 32;

export function findCardNumbers({ text, lower }: PlainText): Finding[] {
  const found: Finding[] = [];
  for (const { 0: written, index } of allMatches(text, cardLike)) {
    if (!isCardNumber(written)) continue;
    if (otherNumber.test(lower.slice(Math.max(0, index - beforeChars), index))) continue;
    found.push({ kind: 'cards', type: 'card_number', start: index, end: index + written.length });
  }
  return found;
}

function isCardNumber(written: string): boolean {
  const digits = written.replace(/\D/g, '');
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
