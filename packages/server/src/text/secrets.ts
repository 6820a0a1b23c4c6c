/** Secrets in a text: what a service issues, what is named a password, what only chance makes. */
import type { Finding } from '../domain/hygiene.ts';
import { allMatches } from './all-matches.ts';
import type { PlainText } from './plain-text.ts';
import { connectionStrings, issuedKeys } from './secret-forms.ts';

export type SecretType = 'private_key' | 'api_key' | 'password' | 'connection_string' | 'token';

/** In order of their beginnings; places may overlap. Linear in the length of the text. */
export function findSecrets({ text, lower }: PlainText): Finding[] {
  return [
    ...privateKeys(text),
    ...issued(text),
    ...groups(text, lower, connectionStrings, 'connection_string', isPassword),
    ...groups(text, lower, namedKey, 'api_key', isKey),
    ...groups(text, lower, namedPassword, 'password', isPassword),
    ...groups(text, lower, pin, 'password', () => true),
    ...randomTokens(text),
  ].sort((a, b) => a.start - b.start);
}

const secret = (type: SecretType, start: number, end: number): Finding => ({
  ...{ kind: 'secrets', type, start, end },
});

const keyBegin = /-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const keyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

/** Up to its last line; one that was cut off, up to the end of the text or to the next one. */
function privateKeys(text: string): Finding[] {
  const found: Finding[] = [];
  let behind = 0;
  for (const { index } of allMatches(text, keyBegin)) {
    if (index < behind) continue;
    behind = endOfKey(text, index);
    found.push(secret('private_key', index, behind));
  }
  return found;
}

function endOfKey(text: string, from: number): number {
  const next = text.indexOf('\f', from);
  const key = text.slice(from, next < 0 ? text.length : next);
  const last = keyEnd.exec(key);
  return from + (last ? last.index + last[0].length : key.length);
}

function issued(text: string): Finding[] {
  return issuedKeys.flatMap((pattern) =>
    allMatches(text, pattern)
      .filter(([word]) => !isExample(word))
      .map(({ 0: word, index }) => secret('api_key', index, index + word.length)),
  );
}

/** Stand-ins in instructions ("sk-xxxxxxxx...") repeat a few signs; what is issued does not. */
function isExample(word: string): boolean {
  return new Set(word.slice(8)).size < 8;
}

/** Patterns over lower case that end in the group `secret`, which is read as it was written. */
function groups(
  text: string,
  lower: string,
  pattern: RegExp,
  type: SecretType,
  isSecret: (word: string, isQuoted: boolean) => boolean,
): Finding[] {
  const found: Finding[] = [];
  for (const match of allMatches(lower, pattern)) {
    const end = match.index + match[0].length;
    const start = end - (match.groups?.secret ?? '').length;
    const word = text.slice(start, end).replace(/[.,;:!?)\]}]+$/, '');
    const isQuoted =
      /["'`]/.test(text.charAt(start - 1)) && text.charAt(start - 1) === text.charAt(end);
    if (isSecret(word, isQuoted)) found.push(secret(type, start, start + word.length));
  }
  return found;
}

const passwordWords =
  'passwords?|passwd|pwd|passphrase|passcode|passwort|kennwort|contrasena|clave|mot de passe' +
  '|senha|palavra-passe|parola(?: d.ordine)?|wachtwoord|haslo|пароль|sifre|losenord|heslo' +
  '|salasana|jelszo|mat khau|kata sandi|密码|密碼|口令|パスワード|暗証番号|비밀번호|암호' +
  '|كلمة المرور|كلمة السر|पासवर्ड';
/** "for the router", "für das WLAN": what may stand between the word and what it is. */
const forWhat =
  '(?: (?:for|to|of|on|at|fur|zu|zum|vom|para|de|del|pour|du|per|da|do|voor|van|к|от|для) ' +
  '[^\\n.!?:=]{1,30}?)?';
const becomes =
  '(?:["\'`]? ?[:=：]+|,? (?:is|was|to|ist|lautet|es|est|e|era|je|jest|это|है)' +
  '(?: now| jetzt| ahora)?:?| ?(?:是|为|為|は|を|은|는|هي|هو)|[ -]{1,3}>)';

/** A word that is a password because it is called one; only visible ASCII, as passwords are. */
const namedPassword = new RegExp(
  `(?:${passwordWords})${forWhat}${becomes} ?["'\`]?(?<secret>[!#-&(-_a-~]{5,64})`,
  'gu',
);
const pin = new RegExp(
  '\\b(?:pin(?:[ -]?(?:code|number|nummer))?|geheimzahl)(?: is| ist| es| lautet|:| =) ?' +
    '(?<secret>\\d{4})(?![\\d.,:/-]?\\d)',
  'g',
);

/** Letters with digits or signs, or six digits: a plain word is what somebody says of it. */
function isPassword(word: string, isQuoted: boolean): boolean {
  if (word.length < 5 || isStandIn(word)) return false;
  if (isQuoted) return true;
  if (/^\d+$/.test(word)) return word.length >= 6;
  const isMixed = /\p{L}/u.test(word) && /[\d!@#$%^&*+=?~]/.test(word);
  return isMixed && !/^https?:|^[\w.]+@[\w.]+$/.test(word);
}

/** ${PASSWORD}, <password>, xxxx: where a secret is to be put. */
function isStandIn(word: string): boolean {
  return /^[$%]?[{<(%[].*[}>)%\]]?$|^\$[A-Z_]+$/.test(word) || new Set(word).size < 4;
}

/** The name of a key, and what chance has made behind it. */
const namedKey = new RegExp(
  '(?:\\b|_)(?:api[_ -]?(?:key|token|secret)|secret(?:[_ -]?(?:access)?[_ -]?key)?' +
    '|access[_ -]?(?:key|token)|client[_ -]?secret|auth(?:orization)?[_ -]?(?:token|key)' +
    '|private[_ -]?key|token|bearer|api-schlussel|clave de api|cle api|chave de api)' +
    `${forWhat}(?:${becomes}| (?=\\S{24}))(?: bearer)? ?["'\`]?(?<secret>[a-z0-9_+/=.~-]{16,200})`,
  'gu',
);

function isKey(word: string): boolean {
  if (isStandIn(word) || /^mem_|^https?:|^www\.|^[a-z0-9.-]+\.[a-z]{2,4}\//i.test(word))
    return false;
  return /\d/.test(word) && /[a-z]/i.test(word) && bitsPerCharacter(word) >= 3;
}

const tokenLike = /(?<![\w/.@%#:+=?&-])[A-Za-z0-9_+/-]{36,200}={0,2}(?![\w/.@%+-])/g;
/** Base64 of a public key and of a hash, an address of a file, ids of ours. */
const publicToken = /^(?:AAAA|sha\d+-|Qm[1-9A-Za-z]{44}$|0x|mem_|data:|ssh-)/;
/** Of 36 random characters of base64, 30 to 34 are different from the one before in class. */
const changesMin = 0.35;
const bitsMin = 4.2;

/** Letters of both cases and digits in no order: no word, no number and no hash in hex. */
function randomTokens(text: string): Finding[] {
  const found: Finding[] = [];
  for (const { 0: word, index } of allMatches(text, tokenLike)) {
    if (publicToken.test(word) || !/\d/.test(word) || !/[A-Z]/.test(word)) continue;
    if (!/[a-z]/.test(word) || word.split('/').length > 3) continue;
    if (classChanges(word) < changesMin || bitsPerCharacter(word) < bitsMin) continue;
    found.push(secret('token', index, index + word.length));
  }
  return found;
}

/** The share of neighbours of which one is a digit, upper or lower case, and the other not. */
function classChanges(word: string): number {
  let changes = 0;
  for (let i = 1; i < word.length; i += 1) {
    if (classOf(word.charCodeAt(i)) !== classOf(word.charCodeAt(i - 1))) changes += 1;
  }
  return changes / word.length;
}

/** ASCII: upper case, lower case, and the rest. */
function classOf(unit: number): number {
  if (unit >= 0x61 && unit <= 0x7a) return 2;
  return unit >= 0x41 && unit <= 0x5a ? 1 : 0;
}

/** Shannon entropy of the characters. */
function bitsPerCharacter(word: string): number {
  const counts = new Uint16Array(128);
  for (let i = 0; i < word.length; i += 1) {
    const unit = word.charCodeAt(i) & 0x7f;
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  let bits = 0;
  for (const count of counts) {
    const share = count / word.length;
    if (count > 0) bits -= share * Math.log2(share);
  }
  return bits;
}
