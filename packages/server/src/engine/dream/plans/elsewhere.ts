/** What is no plan in German, French, Spanish and Romanian: doubts, denials, and what is past. */

/** Letters of any script bound these words: `\b` does not know "é". */
function wordsOf(...words: string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'iu');
}

const doubts: readonly RegExp[] = [
  wordsOf(
    'wenn|falls|sofern|ob|vielleicht|eventuell|womöglich|nicht|nichts|nie|niemals|kein\\p{L}*',
    '(?:würd|hätt|könnt|wär|möcht|sollt)\\p{L}*',
  ),
  wordsOf(
    "si|s['’]il|peut-être|est-ce|aimerai[st]|voudrai[st]|pourrai[st]|devrai[st]|pas",
    "(?:ne |n['’])[^.]*(?:plus|jamais|rien|personne)",
  ),
  wordsOf('quizás?|tal vez|ojalá|puede que|gustaría|podría\\p{L}*|querría|sería|nunca|jamás'),
  wordsOf('dacă|poate|aș|ar|eventual|nu|n-(?:am|ai|a|au)|niciodată'),
];
/** "No" is English too, where it denies less: "no school on Friday". */
const spanish = wordsOf(
  'el|la|un|una|de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto)',
  'de (?:septiembre|octubre|noviembre|diciembre)',
);
const spanishDenial = wordsOf('no|tampoco');
const spanishPast = wordsOf(
  'fui|fue|fuimos|fueron|estuv\\p{L}+|tuv\\p{L}+|era|eran|estaba\\p{L}*|había\\p{L}*|ayer',
  '\\p{L}{2,}(?:é|ó|aron|ieron|aste|iste)',
);
const pasts: readonly RegExp[] = [
  wordsOf(
    'war|waren|warst|hatte\\p{L}*|wurde\\p{L}*|gewesen|gestern|ging|gingen|kam|kamen|fuhr\\p{L}*',
    'gab|blieb\\p{L}*|fand\\p{L}*',
    '(?:habe?|hast|hat|haben|bin|ist|sind) (?:[^.]* )?ge(?!plant|bucht)\\p{L}{2,}(?:t|en)',
  ),
  wordsOf(
    'étai\\p{L}+|étions|avai[st]|avaient|hier',
    '(?:ai|as|a|avons|avez|ont|suis|est|sommes|sont) (?!réserv|prévu|fixé|inscrit)' +
      '\\p{L}+(?:é|ée|és|ées|u|ue|us)',
  ),
  wordsOf('era|erau|eram|ieri|(?:am|ai|a|au|ați) (?:mai )?\\p{L}+(?:[uaâiî]t|s)'),
];
/** "A class" is no Romanian past: these words are in English sentences only. */
const english = wordsOf(
  "the|my|our|is|are|i(?:['’]\\p{L}+)?|we|have|with|and|of|at|to|for|she|they|next|by|your|it",
  'on (?:\\d|mon|tues|wednes|thurs|fri|satur|sun)\\p{L}*',
);

/** Whether a sentence of one of these languages is no plan; of English ones it knows nothing. */
export function isNoPlanElsewhere(sentence: string): boolean {
  if (english.test(sentence)) return false;
  if ([...doubts, ...pasts].some((form) => form.test(sentence))) return true;
  if (!spanish.test(sentence)) return false;
  return spanishDenial.test(sentence) || spanishPast.test(sentence);
}
