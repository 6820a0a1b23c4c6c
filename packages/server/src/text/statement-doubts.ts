/** Whether a sentence states something of now, or asks, wishes, plans, quotes or looks back. */

const asks =
  'do|does|did|is|are|was|were|where|what|who|when|how|why|which|can|could|would|will|should|' +
  'have you|has';
const asking = new RegExp(`^\\W*(?:(?:so|and|but|hey|hi|well),? )?(?:${asks})\\b[^.!]*$`, 'u');

/** `lower` is one sentence in lower case; people leave question marks out. */
export function isQuestion(lower: string): boolean {
  return /[?？؟¿]/u.test(lower) || asking.test(lower);
}

/** Who says that they said it stands for it. */
const ownWords =
  /\b(?:i|we)(?: have|'ve)?(?: just| already)? (?:told|said|mentioned)(?: you)?(?: that)?\b/gu;

const unsureWords = [
  'if|unless|what if|as if|would|could|might|maybe|perhaps|probably|possibly|almost|nearly',
  'wish|imagine|suppose|supposing|pretend|hypothetically|guess|assumed?|assumes|wonders?',
  'plan|plans|planning|hope|hopes|hoping|want|wants|wanted|going to|gonna|will',
  'consider|considers|considering|thinking|dreams?|dreamed|dreamt',
  'say|says|said|saying|told|tells|claims?|claimed|thinks?|thought|believes?|believed|heard|hears',
  'read|according to|asks|asked|apparently|supposedly|rumou?r|joked|lied|quoted?',
  'novel|character|story|movie|film',
  '(?:when|while) (?:i|we|he|she|they) (?:was|were)|as a (?:child|kid)|back then|at the time',
  'in those days|formerly|previously|originally',
  'wenn|falls|würde|möchte|vielleicht|sagt|sagte|meint|glaubt|früher',
  'quizás|quiero|quisiera|podría|dice|dijo|cree|antes',
  'peut-être|voudrais|dit|disait|croit|avant',
];
/** "May" is a month behind a number or a preposition. */
const mayBe = '(?<!\\d |of |in |on )\\bmay(?= \\p{Ll})';
const unsure = new RegExp(
  `(?<![\\p{L}'])(?:${unsureWords.join('|')}|\\p{L}+'ll)(?![\\p{L}])|'d\\b|${mayBe}|["“„«]`,
  'u',
);
const takenBack = [
  ', (?:i|he|she|they) (?:guess|think|believe|say|says|said)\\b',
  ',? (?:just kidding|kidding|jk|according to)\\b',
  ',? in (?:my|the|a|this) (?:dream|novel|book|game|story|movie|film)\\b',
  ',? if\\b',
  '\\bor (?:was|is) it\\b',
];
const unsureBehind = new RegExp(`^[^.!]*?(?:${takenBack.join('|')})`, 'u');
/** Born and changed for good, though in the past. */
const stillHolds = /\b(?:was|were)(?= (?:born|changed|moved|postponed|pushed|brought)\b)/gu;

/** Whether the one who speaks stands for what is said at a place of the sentence, for now. */
export function isStated(lower: string, start: number, length: number): boolean {
  const before = lower.slice(0, start).replaceAll(ownWords, '');
  const said = lower.slice(start, start + length);
  if (unsure.test(before) || unsure.test(said)) return false;
  if (/\b(?:was|were)\b/u.test(said.replaceAll(stillHolds, ''))) return false;
  return !unsureBehind.test(lower.slice(start + length - 1));
}
