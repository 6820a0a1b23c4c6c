/** Dates in text, in ISO form where they are absolute. */
import type { Entity } from './entity-types.ts';
import { foldTerm, plainDigits } from './fold.ts';

/** Month names and abbreviations, January first: Germanic, Romance, Russian. */
const monthNames = [
  'january jan januar janvier enero gennaio janeiro januari января январь январе',
  'february feb februar fevrier febrero febbraio fevereiro februari февраля февраль феврале',
  'march mar marz mars marzo marco maart марта март марте',
  'april apr avril abril aprile апреля апрель апреле aprilie',
  'may mai mayo maggio maio mei мая май мае',
  'june jun juni juin junio giugno junho июня июнь июне',
  'july jul juli juillet julio luglio julho июля июль июле',
  'august aug aout agosto augustus августа август августе',
  'september sep sept septembre septiembre settembre setembro сентября сентябрь сентябре',
  'october oct oktober octobre octubre ottobre outubro okt октября октябрь октябре',
  'november nov novembre noviembre novembro ноября ноябрь ноябре',
  'december dec dezember decembre diciembre dicembre dezembro dez декабря декабрь декабре',
];
/** Romanian, Greek, Turkish, Hindi, Arabic, Thai. */
const monthNamesToo = [
  'ianuarie ιανουαριος ιανουαριου ocak जनवरी يناير มกราคม',
  'februarie φεβρουαριος φεβρουαριου şubat फरवरी فبراير شباط กุมภาพันธ์',
  'martie μαρτιος μαρτιου mart मार्च مارس آذار มีนาคม',
  'απριλιος απριλιου nisan अप्रैल أبريل إبريل نيسان เมษายน',
  'μαιος μαιου mayıs मई مايو أيار พฤษภาคม',
  'iunie ιουνιος ιουνιου haziran जून يونيو حزيران มิถุนายน',
  'iulie ιουλιος ιουλιου temmuz जुलाई يوليو تموز กรกฎาคม',
  'αυγουστος αυγουστου ağustos अगस्त أغسطس สิงหาคม',
  'septembrie σεπτεμβριος σεπτεμβριου eylül सितंबर सितम्बर سبتمبر أيلول กันยายน',
  'octombrie οκτωβριος οκτωβριου ekim अक्टूबर अक्तूबर أكتوبر ตุลาคม',
  'noiembrie νοεμβριος νοεμβριου kasım नवंबर नवम्बर نوفمبر พฤศจิกายน',
  'decembrie δεκεμβριος δεκεμβριου aralık दिसंबर दिसम्बर ديسمبر ธันวาคม',
];
const months = new Map<string, number>();
for (const names of [monthNames, monthNamesToo]) {
  for (const [position, called] of names.entries()) {
    for (const name of called.split(' ')) months.set(foldTerm(name), position + 1);
  }
}
const weekdays = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday';

const word = '([\\p{L}\\p{M}]{2,14})\\.?';
const day = '(\\d{1,2})(?:st|nd|rd|th|er|º|\\.)?';
const year = '(\\d{4})';
const gap = '[ ]{1,2}';
const of = '(?:(?:of|de|di|do)[ ])?';
const before = '(?<![\\p{L}\\p{N}_.,/:$€£-])';
const after = '(?![\\p{L}\\p{N}_]|[.,:/-]\\d)';

const pad = (value: number): string => String(value).padStart(2, '0');

/** ISO form of what is known; undefined where it is no date. */
function isoForm(years?: string, month?: number, days?: string): string | undefined {
  const dayNumber = days === undefined ? undefined : Number(days);
  if (month !== undefined && (month < 1 || month > 12)) return undefined;
  if (dayNumber !== undefined && (dayNumber < 1 || dayNumber > 31)) return undefined;
  if (years !== undefined && (Number(years) < 1000 || Number(years) > 2999)) return undefined;
  const tail = month === undefined ? '' : `-${pad(month)}`;
  const end = dayNumber === undefined ? '' : `-${pad(dayNumber)}`;
  return `${years ?? '-'}${tail}${end}`;
}

type Groups = readonly (string | undefined)[];

interface DateRule {
  readonly pattern: RegExp;
  /** Normal form from the groups; undefined where the match is no date. */
  normal(groups: Groups): string | undefined;
}

const monthOf = (name: string | undefined): number | undefined => months.get(foldTerm(name ?? ''));

/** Thai years count from 543 BC; a smaller one is of the common era. */
const buddhistMin = 2400;

function named(years?: string, name?: string, days?: string): string | undefined {
  const month = monthOf(name);
  if (month === undefined) return undefined;
  const isBuddhist = /\p{Script=Thai}/u.test(name ?? '') && Number(years) > buddhistMin;
  return isoForm(isBuddhist ? String(Number(years) - 543) : years, month, days);
}

/** Numbers with slashes are American, unless the first cannot be a month. */
function slashed(first?: string, second?: string, years?: string): string | undefined {
  const american = Number(first) <= 12;
  return american ? isoForm(years, Number(first), second) : isoForm(years, Number(second), first);
}

const rule = (source: string, normal: DateRule['normal']): DateRule => ({
  pattern: new RegExp(source, 'giu'),
  normal,
});

const rules: readonly DateRule[] = [
  rule(`${before}${year}[-/](\\d{1,2})[-/](\\d{1,2})(?!\\d)`, ([, y, m, d]) =>
    isoForm(y, Number(m), d),
  ),
  rule(`${year}年(?:(\\d{1,2})月)?(?:(\\d{1,2})[日号])?`, ([, y, m, d]) =>
    isoForm(y, m === undefined ? undefined : Number(m), d),
  ),
  rule(`${year}년(?: ?(\\d{1,2})월)?(?: ?(\\d{1,2})일)?`, ([, y, m, d]) =>
    isoForm(y, m === undefined ? undefined : Number(m), d),
  ),
  rule('(?<!\\d)(\\d{1,2})(?:月|월 ?)(\\d{1,2})[日号일]', ([, m, d]) =>
    isoForm(undefined, Number(m), d),
  ),
  rule(
    `${before}(?:ngày )?(\\d{1,2}) tháng (\\d{1,2})(?:(?:,? năm|,) ${year})?(?!\\d)`,
    ([, d, m, y]) => isoForm(y, Number(m), d),
  ),
  rule(`${before}tháng (\\d{1,2})(?:,? năm|,) ${year}(?!\\d)`, ([, m, y]) => isoForm(y, Number(m))),
  rule(`${before}${day}${gap}${of}${word},?${gap}${of}${year}${after}`, ([, d, m, y]) =>
    named(y, m, d),
  ),
  rule(`${before}${word}${gap}${day},?${gap}${year}${after}`, ([, m, d, y]) => named(y, m, d)),
  rule(`${before}${word},?${gap}${of}${year}${after}`, ([, m, y]) => named(y, m)),
  rule(`${before}${day}${gap}${of}${word}(?![\\p{L}\\p{N}_])`, ([, d, m]) =>
    named(undefined, m, d),
  ),
  rule(`${before}${word}${gap}${day}${after}`, ([, m, d]) => named(undefined, m, d)),
  rule(`${before}(\\d{1,2})\\.[ ]?(\\d{1,2})\\.[ ]?${year}${after}`, ([, d, m, y]) =>
    isoForm(y, Number(m), d),
  ),
  rule(`${before}(\\d{1,2})/(\\d{1,2})/${year}${after}`, ([, a, b, y]) => slashed(a, b, y)),
  rule(`${before}((?:19|20)\\d{2})${after}`, ([, y]) => y),
  rule(`${before}(${weekdays})${after}`, ([, name]) => name?.toLowerCase()),
];

/** Dates in order of the rules: exact ones come before vague ones that they contain. */
export function findDates(written: string): Entity[] {
  const found: Entity[] = [];
  const text = plainDigits(written);
  for (const { pattern, normal } of rules) {
    for (const match of text.matchAll(pattern)) {
      const form = normal(match);
      if (form === undefined) continue;
      const start = match.index;
      const end = start + match[0].length;
      found.push({ type: 'date', text: written.slice(start, end), normal: form, start, end });
    }
  }
  return found;
}
