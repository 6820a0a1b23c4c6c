/** Words for near days, weeks, months and years in languages beside English. */
import { plainDigits } from './fold.ts';
import type { TimeUnit } from './time-range.ts';

export interface NearWord {
  readonly unit: TimeUnit;
  /** "Two years ago" rather than "last year". */
  readonly isCounted?: boolean;
  /** Units from the one of the reference time. */
  readonly shift: number;
}

/** What near days, weeks, months and years are called, by unit and units from now. */
const names: readonly (readonly [unit: TimeUnit, shift: number, names: readonly string[]])[] = [
  [
    'day',
    0,
    list(`
    heute | hoy | hoje | oggi | bugün | сегодня | σήμερα | astăzi | hôm nay | 今天 |
    今日 | 오늘 | اليوم | आज | วันนี้
  `),
  ],
  [
    'day',
    -1,
    list(`
    gestern | ayer | ontem | dün | вчера | χθες | χτες | hôm qua | 昨天 | 昨日 | 어제 |
    أمس | เมื่อวานนี้ | เมื่อวาน | hier soir | ieri
  `),
  ],
  [
    'day',
    1,
    list(`
    amanhã | domani | demain | yarın | завтра | αύριο | mâine | ngày mai | 明天 | 明日 |
    내일 | غدا | غدًا | พรุ่งนี้
  `),
  ],
  [
    'day',
    -2,
    list(`
    vorgestern | anteayer | anteontem | avant-hier | позавчера | προχθές |
    alaltăieri | hôm kia | 前天 | 一昨日 | 그저께
  `),
  ],
  [
    'day',
    2,
    list(`
    übermorgen | pasado mañana | depois de amanhã | après-demain | послезавтра |
    μεθαύριο | poimâine | 后天 | 後天 | 明後日 | 모레
  `),
  ],
  [
    'week',
    -1,
    list(`
    letzte woche | letzter woche | la semana pasada | a semana passada |
    semaine dernière | geçen hafta | на прошлой неделе | την περασμένη εβδομάδα |
    săptămâna trecută | tuần trước | 上周 | 上星期 | 上週 | 先週 | 지난주 | الأسبوع الماضي |
    पिछले हफ्ते | पिछले सप्ताह | สัปดาห์ที่แล้ว | อาทิตย์ที่แล้ว
  `),
  ],
  [
    'month',
    -1,
    list(`
    letzten monat | el mes pasado | o mês passado | mois dernier | geçen ay |
    в прошлом месяце | τον περασμένο μήνα | luna trecută | tháng trước | 上个月 | 上個月 |
    先月 | 지난달 | الشهر الماضي | पिछले महीने | เดือนที่แล้ว
  `),
  ],
  [
    'year',
    -1,
    list(`
    letztes jahr | letzten jahres | el año pasado | o ano passado | année dernière |
    l’an dernier | geçen yıl | geçen sene | в прошлом году | πέρυσι | πέρσι |
    anul trecut | năm ngoái | 去年 | 昨年 | 작년 | العام الماضي | السنة الماضية |
    पिछले साल | ปีที่แล้ว
  `),
  ],
  [
    'week',
    1,
    list(`
    nächste woche | la próxima semana | semaine prochaine | gelecek hafta |
    на следующей неделе | săptămâna viitoare | tuần sau | tuần tới | 下周 | 下星期 | 下週 |
    来週 | 다음 주 | الأسبوع القادم | अगले हफ्ते | สัปดาห์หน้า
  `),
  ],
  [
    'month',
    1,
    list(`
    nächsten monat | el próximo mes | mois prochain | gelecek ay |
    в следующем месяце | luna viitoare | tháng sau | 下个月 | 下個月 | 来月 | 다음 달 |
    الشهر القادم | अगले महीने | เดือนหน้า
  `),
  ],
  [
    'year',
    1,
    list(`
    nächstes jahr | el próximo año | année prochaine | gelecek yıl |
    в следующем году | anul viitor | năm sau | 明年 | 来年 | 내년 | العام القادم |
    अगले साल | ปีหน้า
  `),
  ],
];

/** Where a name is cut out of two other words: 马上周末 is no 上周. */
const cutOut = new Map([
  ['上周', '(?<![马早晚路])上周(?!围)'],
  ['上週', '(?<![馬早晚路])上週'],
  ['前天', '(?<!以)前天'],
  ['去年', '(?<!失)去年(?![轻龄輕齡])'],
  ['明年', '(?<![说證证說])明年(?![龄齡])'],
]);
const guarded = (name: string): string => cutOut.get(name) ?? name;

const known = new Map<string, NearWord>();
for (const [unit, shift, called] of names) {
  for (const name of called) known.set(name, { unit, shift });
}

/** In scripts that put no space between words they stand anywhere. */
const unspaced = /[\p{Script=Han}\p{Script=Thai}\p{Script=Hangul}]/u;
const byLength = [...known.keys()].sort((a, b) => b.length - a.length);
const spaced = byLength.filter((name) => !unspaced.test(name));
/** One look around all names: one around each takes 0.2 s to compile. */
const pattern = new RegExp(
  `${byLength
    .filter((name) => unspaced.test(name))
    .map(guarded)
    .join('|')}|` + `(?<![\\p{L}\\p{M}])(?:${spaced.join('|')})(?![\\p{L}\\p{M}])`,
  'giu',
);
const countedScript = /trước|[ก-๙]/iu;
const notAscii = /[^\p{ASCII}]/u;
/** The few names that are plain ASCII, so that English texts cost one look. */
const asciiNames = new RegExp(
  `\\b(?:${byLength.filter((name) => !notAscii.test(name)).join('|')})\\b`,
  'i',
);

/** "Two weeks ago" where a near word would see "week ago" in it: numbers one to ten, units. */
const counted = [
  {
    numbers: 'một hai ba bốn năm sáu bảy tám chín mười'.split(' '),
    units: { ngày: 'day', tuần: 'week', tháng: 'month', năm: 'year' },
    ago: '(?<![\\p{L}\\p{M}])(?<count>COUNT) (?<unit>UNIT) trước(?![\\p{L}\\p{M}])',
  },
  {
    numbers: 'หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ'.split(' '),
    units: { วัน: 'day', สัปดาห์: 'week', อาทิตย์: 'week', เดือน: 'month', ปี: 'year' },
    ago: '(?<count>COUNT) ?(?<unit>UNIT)(?:ที่แล้ว|ก่อน)',
  },
] as const;
const countedRules = counted.map(({ numbers, units, ago }) => ({
  numbers,
  units: new Map<string, TimeUnit>(Object.entries(units)),
  pattern: new RegExp(
    ago
      .replace('COUNT', `\\d{1,3}|${numbers.join('|')}`)
      .replace('UNIT', Object.keys(units).join('|')),
    'giu',
  ),
}));

/** Calls `use` with every near day, week, month or year that a text names. */
export function findNearWords(
  text: string,
  use: (found: { start: number; end: number; word: NearWord }) => void,
): void {
  if (!notAscii.test(text) && !asciiNames.test(text)) return;
  for (const match of text.matchAll(pattern)) {
    const word = known.get(match[0].toLowerCase());
    if (word === undefined) continue;
    use({ start: match.index, end: match.index + match[0].length, word });
  }
  if (!countedScript.test(text)) return;
  for (const { numbers, units, pattern: ago } of countedRules) {
    for (const match of plainDigits(text).matchAll(ago)) {
      const { count = '', unit = '' } = match.groups ?? {};
      const named = numbers.indexOf(count.toLowerCase()) + 1;
      const word = {
        unit: units.get(unit.toLowerCase()) ?? 'day',
        shift: -(named || Number(count)),
        isCounted: true,
      };
      use({ start: match.index, end: match.index + match[0].length, word });
    }
  }
}

function list(text: string): string[] {
  return text.split('|').map((name) => name.trim());
}
