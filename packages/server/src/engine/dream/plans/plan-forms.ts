/** The words by which a clause shows whether it speaks of what is ahead. English. */

const day = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const form = (...parts: string[]): RegExp => new RegExp(parts.join('|'), 'iu');
const every = (...parts: string[]): RegExp => new RegExp(parts.join('|'), 'giu');

/** It says that something is planned, or is such a thing. */
export const intention = new RegExp(
  '\\b(?:will|shall|promised?|going to|gonna|plan(?:s|ning|ned)?|intend(?:s|' +
    'ing)?|about to|appointment|due|' +
    'deadline|book(?:ed|ing)|scheduled?|reserv(?:ed|ation)|exam|interview|meeting|' +
    'arriv(?:e|es|ing)|' +
    'leav(?:e|es|ing)|fly(?:ing)?|flies|mov(?:e|es|ing)|start(?:s|ing)?|begins?|opens?|expires?|' +
    'takes? place|signed up|registered|have to|has to|need(?:s)? to|must|forward to|rescheduled|' +
    'postponed|moved|tickets?|wedding|visit(?:s|ing)?|com(?:es|ing)|meet(?:s|ing)?|is on|are on)' +
    "\\b|['’]ll\\b",
  'iu',
);
/** What was meant once. */
export const meantThen = new RegExp(
  '\\b(?:had (?:planned|booked|hoped|wanted|meant|intended)|' +
    '(?:was|were) (?:going|planning|supposed|about|meant) to|would have)\\b',
  'iu',
);
/** Verbs of the past, of which most end in "ed". */
export const past = new RegExp(
  "\\b(?:(?:was|were|had|did)(?:n['’]t)?|went|used to|" +
    'got|came|saw|told|said|thought|heard|felt|made|took|ate|' +
    'met|left|lost|won|ran|found|gave|kept|knew|wrote|bought|brought|spent|slept|fell|stood|' +
    'became|began|drank|drove|flew|forgot|held|led|paid|sang|sat|sent|sold|spoke|swam|taught|' +
    'wore|woke|ended|\\p{L}{2,}(?<!ne)(?<!need)(?<!sche?dul)(?<!book)ed)\\b',
  'iu',
);
/** "Is getting married" is no past. */
export const passive = /(?:\b(?:get(?:s|ting)?|be|am|is|are|being)|['’](?:m|re|s)) \p{L}+ed\b/giu;
/** What holds on any day. */
export const habitual =
  /\b(?:usually|always|often|sometimes|normally|typically|nobody|no one|most)\b/iu;
/** What is said in parting. */
export const wish = form(
  "^\\W*(?:(?:\\w+, )|(?:ok|okay|well|so|and|then|great) )?(?:see you|let['’]?s|enjoy|good luck" +
    '|happy \\w+|have fun' +
    '|have an? (?:\\w+ )?(?:good|nice|great|lovely|safe|wonderful|fun|blast|ball))\\b',
);
const refusal = form(
  '\\b(?:not|never|nobody|nothing|none|no longer|cannot|hardly|instead of)\\b',
  '\\b(?:ca|wo|do|does|did|is|are|was|were|have|has|had|would|could|should)' + "n['’]?t\\b",
);
/** It looks like a denial and says the contrary. */
const noRefusal = every(
  "\\b(?:don['’]?t|do not|never) (?:\\w+ me )?(?:forget|miss)\\b",
  "\\b(?:can['’]?t|cannot) wait\\b",
  '\\bnot only\\b',
);
export const refuses = (clause: string): boolean => refusal.test(clause.replaceAll(noRefusal, ' '));

/** What is only weighed. */
export const weighed = form(
  '\\b(?:thinking (?:of|about)|considering|not sure|some ?(?:time|day)|hopefully)\\b',
  "['’]d (?:love|like|rather|prefer)\\b",
);
/** Words that speak of what is ahead even beside a past: "I told her that we will come". */
export const clearIntention = form(
  '\\b(?:will|shall|(?:am|is|are) (?:going|planning|due|about) to|gonna|have to|has to)\\b',
  '\\b(?:needs? to|must|appointment (?:is|on)|due|booked|reserved|scheduled|rescheduled)\\b',
  '\\b(?:signed up|registered|is on|are on|promised|(?:have|got|bought) (?:\\w+ ){0,2}tickets?)\\b',
  "['’](?:ll|re going to|m going to)\\b",
);
const arranging =
  'moved|postponed|(?:re)?scheduled|pushed|shifted|booked|set|fixed|planned|arranged|confirmed|' +
  'announced|reserved|agreed|signed up|registered|brought forward|put off|delayed';
/** What was arranged in the past may lie ahead: "was moved to 4 December". */
export const arranged = every(
  `\\b(?:(?:was|were|got|(?:has|have) been) )?(?:${arranging}|finished (?=by))\\b`,
);
/** A subject that is a day of the week, and "on a Friday": any of them. */
export const anyWeekday = form(
  `^\\W*${day}s? (?:is|are|was|were)\\b`,
  `\\b(?:an?|any|each|most|some|all) ${day}s?\\b`,
  `\\b${day}s\\b`,
);
/** "Coming home on Friday, can you pick me up?" */
export const request = form(
  '[,;.–-]\\s*(?:and |so )?(?:can|could|will|would|do|does|should|ok|okay|right|any)\\b' +
    '[^?,;]*\\?["\')]*$',
);
/** Where a clause ends: its verbs tell nothing of the day in the next one. */
export const clauseEnd = form(
  '[,;:–—]\\s+(?!(?:the )?\\d)',
  '\\s[-–—]\\s',
  '\\s(?=(?:because|so|but|though|although|since|and (?:i|we|now))\\s)',
);
