/** How people state what holds of somebody: a table of forms, by language. Data, and no more. */

export type ValueKind = 'name' | 'words' | 'number' | 'digits' | 'token' | 'date';

export interface StatementPattern {
  readonly language: 'en' | 'de' | 'es' | 'fr';
  /** What is stated; null where the form names it in its group `noun`. */
  readonly attribute: string | null;
  readonly kind: ValueKind;
  /** One value at a time; otherwise only the same value can be denied. */
  readonly single: boolean;
  /** "Moved to", "now works at": what was before holds no longer. */
  readonly change?: boolean;
  /** What the form says when it has no group `value`. */
  readonly fixed?: string;
  /** The form itself denies its value: "quit", "stopped", "can't stand". */
  readonly denies?: boolean;
  /** Without one of these, in lower case, the form is not there: it saves the slow pattern. */
  readonly hints: string;
  /** Groups: me, kin, user, name, thing (who), no (a denial), noun, fresh, value. */
  readonly source: string;
}

const letter = '[\\p{L}\\p{M}]';
const capital = `\\p{Lu}[\\p{L}\\p{M}'.&-]*(?<![.'])`;
const person = `(?<name>${capital}(?: ${capital}){0,2})`;
const kinWords =
  'mother|mom|mum|father|dad|wife|husband|partner|girlfriend|boyfriend|fiancée?|boss|manager';
const user = '(?<user>(?:The |the )?[Uu]ser)';
const kin = `(?<kin>(?:My|my) (?:${kinWords}))`;
const who = `(?:(?<me>I|i|We|we)|${kin}|${user}|${person})`;
const whose = `(?:(?<me>My|my|Our|our)|${kin}'s|${user}'s|${person}'s?)`;
const no =
  "(?: (?<no>(?:do|does|did|am|is|are)(?: not|n't)|'m not|'s not|not|no longer|never|used to))?";
const adverbs = '(?: (?:now|currently|still|also|already|just|recently|actually|really|finally))*';
const be =
  "(?:(?: am| is| are| was| were)|'m|'s|'re|'ve been| have been| has been| became| got| turned)";
const has = "(?: have| has|'ve|'s)?";

const town =
  `(?:(?:the|los|las|la|le|san|st\\.) )?${capital}` +
  `(?:[ ](?:(?:de|la|del|of|am|an der|upon) )?${capital}){0,3}`;
/** "A small flat in Bern": the place is what can be compared. */
const place =
  `(?:(?:a|an|the|my|our|his|her|their)(?: ${letter}+){1,3} (?:in|near|of) )?(?<value>${town}` +
  `(?:, ${town})?)`;
const nameValue = `(?:the )?(?<value>${capital}(?: (?:(?:of|and|&|the|de) )?${capital}){0,4})`;
/** To the end of the clause. */
const free = '(?<value>[^\\s.,;:!?()][^.,;:!?()\\n]{0,60})';
const number = '(?<value>\\d{1,7}(?:[.,]\\d{1,3})?)';
const digits = '(?<value>\\+?\\d[\\d ()/.-]{4,20}\\d)';
const token = '"?(?<value>[^\\s"]{2,80}?)"?(?=[.,;!]?(?:\\s|$))';

type Row = Pick<StatementPattern, 'attribute' | 'kind' | 'hints'> & Partial<StatementPattern>;
type Loose = Omit<Row, 'hints'>;

const english = (hints: string, source: string, row: Loose): StatementPattern => ({
  language: 'en',
  single: true,
  ...row,
  ...{ hints, source },
});

const dueNouns = 'deadline|due date|launch date';
const due =
  `(?<thing>(?:The|the|Our|our|My|my)(?: [\\p{L}-]+){0,2} (?:${dueNouns})` +
  '(?: for(?: [\\p{L}-]+){1,4}?)?)';
const codeNouns = 'password|code|pin';
const code = `(?<thing>(?:The|the|Our|our|My|my)(?: [\\p{L}-]+){0,2} (?:${codeNouns}|PIN))`;

/** Who does something: "Ann no longer lives in Bern". */
const does = (verbs: string, value: string, row: Loose): StatementPattern =>
  english(verbs, `${who}${no}${has}${adverbs} (?:${verbs}) ${value}`, row);
/** Who is something: "I'm not a vegetarian". */
const is = (hints: string, value: string, row: Loose): StatementPattern =>
  english(hints, `${who}${be}${adverbs}(?: (?<no>not|no longer))?${adverbs} ${value}`, row);
/** "Ann like tea" is no statement: brands like those are many. */
const plainVerbs =
  'live|reside|work|study|smoke|like|love|enjoy|adore|hate|dislike|detest|eat|drink|report';
export const plainVerb = new RegExp(`^\\S+(?: \\S+)*? (?:${plainVerbs}) `, 'u');

/** Whose something it is: "Ann's new phone number is now ...". */
const nounIs = (nouns: string, value: string, row: Loose): StatementPattern =>
  english(
    nouns.toLowerCase(),
    `${whose}(?<fresh> new)?(?: current| own| main)? (?<noun>${nouns})` +
      `(?:(?: is| are|'s)(?<no> not| no longer)?(?: now| currently)?|` +
      `(?: was| has| is)?(?: been)? changed to|:|=) ${value}`,
    row,
  );
/** A line of notes: "Phone: ...". */
const label = (nouns: string, value: string, row: Loose): StatementPattern =>
  english(
    nouns.toLowerCase(),
    `^[\\s*-]*(?:${person}'s )?(?<noun>${nouns}) ?(?::|=) ${value}`,
    row,
  );

const name = { kind: 'name' } as const;
const words = { kind: 'words' } as const;
const many = { kind: 'words', single: false } as const;

const homes: StatementPattern[] = [
  does('live|lives|reside|resides', `(?:in|at) ${place}`, { attribute: 'home', ...name }),
  is('based|living|residing', `(?:based|living|residing) in ${place}`, {
    attribute: 'home',
    ...name,
  }),
  english('home', `${whose} (?:new )?home is(?: now)? in ${place}`, {
    ...{ attribute: 'home', ...name },
  }),
  does(`(?:moved|relocated)(?: back)?(?: from ${town})?`, `to ${place}`, {
    ...{ attribute: 'home', ...name, change: true },
  }),
];

const work: StatementPattern[] = [
  does('work|works', `(?:full-time |part-time )?(?:at|for) ${nameValue}`, {
    ...{ attribute: 'employer', ...name },
  }),
  is(
    'working|employed',
    `(?:working|employed) (?:full-time |part-time )?(?:at|for|by) ${nameValue}`,
    {
      ...{ attribute: 'employer', ...name },
    },
  ),
  does(`started (?:working |(?:a|my|his|her) (?:new )?job )?at`, nameValue, {
    ...{ attribute: 'employer', ...name, change: true },
  }),
  does('joined', `${nameValue} as an? `, { attribute: 'employer', ...name, change: true }),
  does('got (?:a|the|my) (?:new )?(?:job|position) (?:at|with)', nameValue, {
    ...{ attribute: 'employer', ...name, change: true },
  }),
  does('(?:left|quit|lost) (?:my|his|her|their) job (?:at|with)', nameValue, {
    ...{ attribute: 'employer', ...name, denies: true },
  }),
  does('work|works', `as an? ${free}`, { attribute: 'occupation', ...words }),
  does('study|studies', `at (?:the )?${nameValue}`, { attribute: 'school', ...name }),
  is('studying', `studying at (?:the )?${nameValue}`, { attribute: 'school', ...name }),
  does('transferred', `to ${nameValue}`, { attribute: 'school', ...name, change: true }),
];

const endOfState = '(?=[.,;!)]|$| (?:and|now|again|to|since|but|for)\\b)';
const life: StatementPattern[] = [
  is('years old|yrs old|y/o', `${number}(?: years old| yrs old| y/o)`, {
    attribute: 'age',
    kind: 'number',
  }),
  does('turned|turn', `${number}(?=[.,;!]|$| (?:today|yesterday|last|this|on|in)\\b)`, {
    ...{ attribute: 'age', kind: 'number', change: true },
  }),
  is(
    'single|married|divorced|engaged|widowed',
    `(?:happily |newly )?(?<value>single|married|divorced|engaged|widowed)${endOfState}`,
    {
      ...{ attribute: 'marital status', ...words },
    },
  ),
  is(
    'vegetarian|vegan|pescatarian|omnivore',
    '(?:an? )?(?:strict |devout )?(?<value>vegetarian|vegan|pescatarian|omnivore)' +
      '(?! (?:\\p{L}+ )?(?:restaurant|recipe|food|dish|meal|place|option|cook|burger))',
    { attribute: 'diet', ...words },
  ),
  does('eat|eats', `(?<value>vegetarian|vegan)${endOfState}`, { attribute: 'diet', ...words }),
  does('went|go|gone', '(?<value>vegetarian|vegan|pescatarian)', {
    ...{ attribute: 'diet', ...words, change: true },
  }),
  english('born', `${who}(?:'s| was| were| is)? born on ${free}`, {
    attribute: 'birthday',
    kind: 'date',
  }),
  english('born', `${who}(?:'s| was| were| is)? born in ${nameValue}`, {
    ...{ attribute: 'birthplace', ...name },
  }),
  does('smoke|smokes', `(?:cigarettes)?${endOfState}`, {
    ...{ attribute: 'smoking', ...many, fixed: 'smoking' },
  }),
  does('quit|stopped|gave up|given up', `(?<value>smoking)${endOfState}`, {
    ...{ attribute: 'smoking', ...many, denies: true },
  }),
];

const tastes: StatementPattern[] = [
  is('allergic', `allergic to ${free}`, { attribute: 'allergic to', ...many }),
  does('like|likes|love|loves|enjoy|enjoys|adore|adores', free, { attribute: 'likes', ...many }),
  does("hate|hates|dislike|dislikes|detest|detests|can't stand|cannot stand", free, {
    ...{ attribute: 'likes', ...many, denies: true },
  }),
  does('eat|eats', `(?!(?:vegetarian|vegan)\\b)${free}`, { attribute: 'eats', ...many }),
  does('drink|drinks', free, { attribute: 'drinks', ...many }),
  does('(?:stopped|quit|gave up) eating', free, { attribute: 'eats', ...many, denies: true }),
  does('(?:stopped|quit|gave up) drinking', free, { attribute: 'drinks', ...many, denies: true }),
  english(
    'favou?rite',
    `(?<![Oo]ne of )${whose}(?: all-time| absolute| new)? ` +
      `(?<noun>favou?rite ${letter}+(?: ${letter}+)?)` +
      `(?: of all time)?(?: is|'s)(?<no> not| no longer)?(?: now| currently| still)? ${free}`,
    { attribute: null, ...words },
  ),
];

const phoneNouns = '(?:mobile|cell|phone|telephone)(?: phone)?(?: number)?|number';
const nouns: StatementPattern[] = [
  nounIs(phoneNouns, digits, { attribute: 'phone', kind: 'digits' }),
  label('(?:Mobile|Cell|Phone|Telephone|Tel\\.?)(?: number)?', digits, {
    ...{ attribute: 'phone', kind: 'digits' },
  }),
  nounIs('e-?mail(?: address)?', '(?<value>[^\\s@]+@[^\\s@]+[^\\s@.,;])', {
    ...{ attribute: 'email', kind: 'token' },
  }),
  label('E-?[Mm]ail(?: address)?', '(?<value>[^\\s@]+@[^\\s@]+[^\\s@.,;])', {
    ...{ attribute: 'email', kind: 'token' },
  }),
  nounIs('(?:home |postal |mailing )?address', '(?<value>(?=[^.;!?\\n]*\\d)[^.;!?\\n]{4,80})', {
    ...{ attribute: 'address', ...words },
  }),
  nounIs('birthday|date of birth', `(?:on )?${free}`, { attribute: 'birthday', kind: 'date' }),
  nounIs('age', number, { attribute: 'age', kind: 'number' }),
  nounIs('home ?town|birthplace', nameValue, { attribute: 'birthplace', ...name }),
  nounIs('(?:shoe|ring|shirt|dress) size', number, { attribute: null, kind: 'number' }),
  nounIs('salary|rent|monthly rent|budget', `[€$£]? ?${number}`, {
    ...{ attribute: null, kind: 'number' },
  }),
  nounIs('blood type', '(?<value>(?:A|B|AB|O|0) ?(?:[+-]|positive|negative)?)(?![\\p{L}])', {
    ...{ attribute: 'blood type', kind: 'token' },
  }),
  nounIs('job title|occupation|profession', `(?:an? )?${free}`, {
    ...{ attribute: 'occupation', ...words },
  }),
  nounIs('employer|company', nameValue, { attribute: 'employer', ...name }),
  nounIs(
    'boss|manager|wife|husband|partner|girlfriend|boyfriend|doctor|dentist|therapist|landlord|' +
      'landlady|tax adviser|middle name|last name|surname|maiden name|native language|' +
      'mother tongue|time ?zone|school|university|gym|bank',
    `(?:called |named )?${nameValue}`,
    { attribute: null, ...name },
  ),
  does('report|reports', `to ${nameValue}`, { attribute: 'boss', ...name }),
  english('married to', `${who}(?: is|'s|'m| am) married to ${nameValue}`, {
    attribute: 'spouse',
    ...name,
  }),
  english(codeNouns, `${code}(?: is|'s)(?<no> not| no longer)?(?: now)? ${token}`, {
    ...{ attribute: 'text', kind: 'token' },
  }),
  english(codeNouns, `${code}(?: was| has been| has)? changed to ${token}`, {
    ...{ attribute: 'text', kind: 'token', change: true },
  }),
  english(dueNouns, `${due}(?: is|'s)(?: now)?(?: on)? ${free}`, {
    ...{ attribute: 'date', kind: 'date' },
  }),
  english(
    dueNouns,
    `${due}(?: was| has been| has)? ` +
      `(?:moved|postponed|changed|pushed back|brought forward) to ${free}`,
    { attribute: 'date', kind: 'date', change: true },
  ),
];

/** A form in another language. */
const other =
  (language: StatementPattern['language']) =>
  (hints: string, source: string, row: Loose): StatementPattern => ({
    ...english(hints, source, row),
    language,
  });
const german = other('de');
const spanish = other('es');
const french = other('fr');
const ich = `(?:(?<me>Ich|ich|Wir|wir)|${person})`;
const jetzt = '(?: (?:jetzt|derzeit|momentan|aktuell|immer noch|noch|inzwischen|seit kurzem))*';
const nicht = '(?<no> nicht(?: mehr)?)?';
const home = { attribute: 'home', ...name };
const employer = { attribute: 'employer', ...name };
const age = { attribute: 'age', kind: 'number' } as const;
const change = { change: true };

const others: StatementPattern[] = [
  german(
    'wohn|leb',
    `${ich} (?:wohne|wohnt|wohnen|lebe|lebt|leben)${jetzt}${nicht} in ${place}`,
    home,
  ),
  german(
    'gezogen',
    `${ich} (?:bin|ist|sind)${jetzt}(?: (?:vor|letzten?)(?: ${letter}+){1,2})? ` +
      `nach (?<value>${town}) (?:um)?gezogen`,
    { ...home, ...change },
  ),
  german('arbeite', `${ich} arbeitet?${jetzt}${nicht} (?:bei|für) (?:der |dem )?${nameValue}`, {
    ...employer,
  }),
  german('jahre alt', `${ich} (?:bin|ist)${jetzt} ${number} Jahre alt`, age),
  german('lieblings', `(?<me>[Mm]eine?) (?<noun>Lieblings${letter}+) ist${jetzt} ${free}`, {
    ...{ attribute: null, ...words },
  }),
  german(
    'nummer',
    `(?<me>[Mm]eine)(?: neue)? (?:Telefonnummer|Handynummer|Nummer) ist${jetzt} ${digits}`,
    { attribute: 'phone', kind: 'digits' },
  ),
  spanish('viv', `(?:(?<me>[Vv]ivo)|${person} vive)(?: ahora| actualmente)? en ${place}`, home),
  spanish('mud', `(?:(?<me>[Mm]e (?:mudé|he mudado))|${person} se (?:mudó|ha mudado)) a ${place}`, {
    ...home,
    ...change,
  }),
  spanish(
    'trabaj',
    `(?:(?<me>[Tt]rabajo)|${person} trabaja)(?: ahora)? (?:en|para) ${nameValue}`,
    employer,
  ),
  spanish('años', `(?:(?<me>[Tt]engo)|${person} tiene) ${number} años`, age),
  french(
    'habit|vi[st]',
    `(?:(?<me>[Jj]'habite|[Jj]e vis)|${person} (?:habite|vit))(?: maintenant)? ` +
      `(?:à|en|au) ${place}`,
    home,
  ),
  french('déménag', `(?:(?<me>[Jj]'ai)|${person} a) déménagé à ${place}`, { ...home, ...change }),
  french(
    'travaill',
    `(?:(?<me>[Jj]e travaille)|${person} travaille)(?: maintenant)? chez ${nameValue}`,
    employer,
  ),
  french('ans', `(?:(?<me>[Jj]'ai)|${person} a) ${number} ans`, age),
];

export const statementPatterns: readonly StatementPattern[] = [
  ...homes,
  ...work,
  ...life,
  ...tastes,
  ...nouns,
  ...others,
];
