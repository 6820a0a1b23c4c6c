/** Amounts of money, percentages and measures in text. */
import type { Entity } from './entity-types.ts';
import { foldTerm } from './fold.ts';

const number = '\\d{1,15}(?:[.,]\\d{1,9}){0,4}';
const scale = '(?:[ ]?(?:million|billion|trillion|thousand|mio|mrd|bn|[kmb])(?!\\p{L}))?';
const before = '(?<![\\p{L}\\p{N}_.,])';
const after = '(?![\\p{L}\\p{N}_])';

const currencies = new Map<string, string>(
  (
    '$:usd us$:usd €:eur £:gbp ¥:jpy ₹:inr ₽:rub ₩:krw ₺:try dollar:usd dollars:usd bucks:usd ' +
    'usd:usd euro:eur euros:eur eur:eur pound:gbp pounds:gbp gbp:gbp franken:chf francs:chf ' +
    'chf:chf yen:jpy jpy:jpy yuan:cny cny:cny rmb:cny rupees:inr inr:inr rubles:rub pesos:mxn ' +
    '元:cny 块:cny 円:jpy 원:krw won:krw kronor:sek sek:sek kroner:nok nok:nok dkk:dkk lei:ron ' +
    'zloty:pln pln:pln рублей:rub рубля:rub доллар:usd долларов:usd евро:eur'
  )
    .split(' ')
    .map((pair): [string, string] => {
      const at = pair.lastIndexOf(':');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
);

/** Unit as written to unit as normalised. */
const units = new Map<string, string>();
for (const group of [
  'km kilometer kilometers kilometre kilometres kilómetros chilometri км 公里',
  'm meter meters metre metres metros metri м 米',
  'cm centimeter centimeters centimetre centimetres см 厘米',
  'mm millimeter millimeters millimetre millimetres мм',
  'mile miles mi',
  'foot feet ft',
  'inch inches',
  'yard yards',
  'acre acres',
  'hectare hectares ha',
  'kg kilo kilos kilogram kilograms кг 公斤',
  'g gram grams gramm',
  'mg milligram milligrams',
  'ton tons tonne tonnes',
  'lb lbs',
  'oz ounce ounces',
  'l liter liters litre litres литров',
  'ml milliliter milliliters millilitre',
  'gallon gallons',
  'cup cups',
  'tablespoon tablespoons tbsp',
  'teaspoon teaspoons tsp',
  'second seconds sec secs Sekunden secondes segundos',
  'minute minutes min mins Minuten minutos minuti минут 分钟',
  'hour hours hr hrs h Stunde Stunden heures horas ore часов 小时 時間 시간',
  'day days Tage Tagen jours dias giorni дней 天',
  'week weeks Wochen semaines semanas settimane недель',
  'month months Monate mois meses mesi месяцев 个月',
  'year years yr yrs Jahre ans años anni лет 년간',
  'kb kib',
  'mb mib',
  'gb gib',
  'tb tib',
  'ms millisecond milliseconds',
  'mph',
  'km/h kmh kph',
  'kwh',
  'w watt watts',
  'kcal calories calorie kcals',
  '°c celsius',
  '°f fahrenheit',
  'degrees degree',
  'mhz',
  'ghz',
  'steps step',
  'people persons',
]) {
  const [unit = '', ...others] = group.split(' ').map((name) => name.toLowerCase());
  for (const name of [unit, ...others]) units.set(foldTerm(name), unit);
}

const money = new RegExp(
  `(?<![\\p{L}\\p{N}])(US\\$|[$€£¥₹₽₩₺]|CHF|USD|EUR|GBP)[ ]?(${number}${scale})${after}`,
  'giu',
);
const wideUnits = '元|块|円|원|公里|米|厘米|公斤|分钟|小时|時間|시간|天|个月';
const counted = new RegExp(
  `${before}(${number}${scale})[ -]?([%€£$]|°[CF]|km/h|${wideUnits}|\\p{L}{1,12}${after})`,
  'giu',
);

/** 1,200.50 and 1.200,50 without separators; a scale is spelled by its first letter. */
function plainNumber(written: string): string {
  const [, digits = written, suffix = ''] = /^([\d.,]+)(.*)$/u.exec(written) ?? [];
  const grouped = digits.replace(/[.,](?=\d{3}(?:\D|$))/g, '').replace(',', '.');
  const short = grouped.includes('.') ? grouped.replace(/\.?0+$/, '') : grouped;
  return short + suffix.trim().slice(0, 1).toLowerCase();
}

function unitForm(written: string, unit: string): string | undefined {
  const folded = foldTerm(unit);
  if (folded === '%' || /^(?:percent|prozent|procent|pourcent)$/.test(folded)) {
    return `${plainNumber(written)}%`;
  }
  const known = currencies.get(folded) ?? units.get(folded);
  return known === undefined ? undefined : `${plainNumber(written)} ${known}`;
}

/** Quantities with a known unit or currency. */
export function findQuantities(text: string): Entity[] {
  const found: Entity[] = [];
  const push = (match: RegExpExecArray, normal: string): void => {
    const start = match.index;
    const end = start + match[0].length;
    found.push({ type: 'quantity', text: match[0], normal, start, end });
  };
  for (const match of text.matchAll(money)) {
    const currency = currencies.get((match[1] ?? '').toLowerCase()) ?? '';
    push(match, `${plainNumber(match[2] ?? '')} ${currency}`);
  }
  for (const match of text.matchAll(counted)) {
    const normal = unitForm(match[1] ?? '', match[2] ?? '');
    if (normal !== undefined) push(match, normal);
  }
  return found;
}
