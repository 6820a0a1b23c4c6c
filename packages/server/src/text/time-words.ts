/** Words for near days, weeks, months and years in languages beside English. */
import type { TimeUnit } from './time-range.ts';

export interface NearWord {
  readonly unit: TimeUnit;
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
  `${byLength.filter((name) => unspaced.test(name)).join('|')}|` +
    `(?<![\\p{L}\\p{M}])(?:${spaced.join('|')})(?![\\p{L}\\p{M}])`,
  'giu',
);
const notAscii = /[^\p{ASCII}]/u;
/** The few names that are plain ASCII, so that English texts cost one look. */
const asciiNames = new RegExp(
  `\\b(?:${byLength.filter((name) => !notAscii.test(name)).join('|')})\\b`,
  'i',
);

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
}

function list(text: string): string[] {
  return text.split('|').map((name) => name.trim());
}
