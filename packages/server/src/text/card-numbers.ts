/** Payment card numbers in a text: an issuer's beginning and length, and the check digit. Pure. */
import type { Finding } from '../domain/hygiene.ts';
import { allMatches } from './all-matches.ts';
import type { PlainText } from './plain-text.ts';

/** Groups of digits with a sign between them, which one card, or one behind another, may be. */
const digitRun = new RegExp(
  '(?<![\\w.,+-])\\d+(?:(?:[ ./_\\n\\u2010-\\u2015\\u2212-]|[ ]{2}|[ ][|-][ ])\\d+)*' +
    '(?![.,]?\\d|-\\d|[A-Za-z_])',
  'g',
);
/** Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, each in its length. */
const issuers = new RegExp(
  '^(?:4(?:\\d{12}|\\d{15}|\\d{18})|5[1-5]\\d{14}|2(?:2[2-9]|[3-6]\\d|7[01])\\d{13}|2720\\d{12}' +
    '|3[47]\\d{13}|6(?:011|5\\d\\d|4[4-9]\\d)\\d{12}|3(?:0[0-5]|[689]\\d)\\d{11}|35\\d{14}' +
    '|62\\d{14,17})$',
);
/** What is counted by such words has a number of its own, and one in ten passes for a card. */
const otherNumber = new RegExp(
  '(?:order|tracking|shipment|invoice|ticket|imei|isbn|serial|bestellung|pedido|rechnung' +
    '|commande)(?:(?!card|visa|karte|tarjeta|carte)[^\\d\\n]){0,20}$',
);

const beforeChars = 32;

export function findCardNumbers({ text, lower }: PlainText): Finding[] {
  const found: Finding[] = [];
  for (const { 0: run, index } of allMatches(text, digitRun)) {
    const behind = index + run.length;
    let before = 0;
    let start = index;
    while (start < behind) {
      const next = endOfDigits(text, start, behind);
      const end = mayBegin(text, start, next, before) ? endOfCard(text, start, behind) : 0;
      if (end > 0 && !otherNumber.test(lower.slice(Math.max(0, start - beforeChars), start))) {
        found.push({ kind: 'cards', type: 'card_number', start, end });
      }
      before = next - start;
      start = beginOfDigits(text, Math.max(next, end), behind);
    }
  }
  return found;
}

/** What is joined to the digits before it is a part of them, and so is one digit behind another. */
function mayBegin(text: string, start: number, end: number, before: number): boolean {
  if (before === 0) return true;
  const unit = text.charCodeAt(start - 1);
  return (unit === 0x20 || unit === 0x0a) && (end - start > 1 || before > 1);
}

const digitsMin = 13;
const digitsMax = 19;

/** Behind the card number that begins there: of four digits and more, or one by one. 0: none. */
function endOfCard(text: string, start: number, behind: number): number {
  const first = endOfDigits(text, start, behind) - start;
  if (first !== 1 && first !== 4 && first < digitsMin) return 0;
  let number = '';
  let found = 0;
  for (let at = start; at < behind; ) {
    const end = endOfDigits(text, at, behind);
    const length = end - at;
    const isFitting = first === 1 ? length === 1 : length >= 3 && length <= 6;
    if ((at > start && !isFitting) || number.length + length > digitsMax) break;
    number += text.slice(at, end);
    if (number.length >= digitsMin && isCardNumber(number)) found = end;
    at = beginOfDigits(text, end, behind);
  }
  return found;
}

function endOfDigits(text: string, at: number, behind: number): number {
  let end = at;
  while (end < behind && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function beginOfDigits(text: string, at: number, behind: number): number {
  let begin = at;
  while (begin < behind && !isDigit(text.charCodeAt(begin))) begin += 1;
  return begin;
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

function isCardNumber(number: string): boolean {
  return issuers.test(number) && !/^(\d)\1*$/.test(number) && hasLuhnSum(number);
}

/** ISO/IEC 7812-1, annex B: every second digit from the right is doubled; the sum ends in 0. */
function hasLuhnSum(number: string): boolean {
  let sum = 0;
  for (let i = 0; i < number.length; i += 1) {
    const value = (number.charCodeAt(number.length - 1 - i) - 0x30) * (i % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
