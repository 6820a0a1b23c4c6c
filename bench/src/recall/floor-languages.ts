/** The languages that the floor can stem, with their lists of stop words. */
import { stemmer as arabic } from '@orama/stemmers/arabic';
import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as greek } from '@orama/stemmers/greek';
import { stemmer as hungarian } from '@orama/stemmers/hungarian';
import { stemmer as hindi } from '@orama/stemmers/indian';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { stopwords as arabicStops } from '@orama/stopwords/arabic';
import { stopwords as danishStops } from '@orama/stopwords/danish';
import { stopwords as dutchStops } from '@orama/stopwords/dutch';
import { stopwords as englishStops } from '@orama/stopwords/english';
import { stopwords as finnishStops } from '@orama/stopwords/finnish';
import { stopwords as frenchStops } from '@orama/stopwords/french';
import { stopwords as germanStops } from '@orama/stopwords/german';
import { stopwords as greekStops } from '@orama/stopwords/greek';
import { stopwords as hungarianStops } from '@orama/stopwords/hungarian';
import { stopwords as hindiStops } from '@orama/stopwords/indian';
import { stopwords as italianStops } from '@orama/stopwords/italian';
import { stopwords as norwegianStops } from '@orama/stopwords/norwegian';
import { stopwords as portugueseStops } from '@orama/stopwords/portuguese';
import { stopwords as romanianStops } from '@orama/stopwords/romanian';
import { stopwords as russianStops } from '@orama/stopwords/russian';
import { stopwords as spanishStops } from '@orama/stopwords/spanish';
import { stopwords as swedishStops } from '@orama/stopwords/swedish';
import { stopwords as turkishStops } from '@orama/stopwords/turkish';

export interface FloorLanguage {
  readonly code: string;
  readonly stem: (word: string) => string;
  readonly stopWords: readonly string[];
}

export const floorLanguages: readonly FloorLanguage[] = [
  { code: 'ar', stem: arabic, stopWords: arabicStops },
  { code: 'da', stem: danish, stopWords: danishStops },
  { code: 'de', stem: german, stopWords: germanStops },
  { code: 'el', stem: greek, stopWords: greekStops },
  { code: 'en', stem: english, stopWords: englishStops },
  { code: 'es', stem: spanish, stopWords: spanishStops },
  { code: 'fi', stem: finnish, stopWords: finnishStops },
  { code: 'fr', stem: french, stopWords: frenchStops },
  { code: 'hi', stem: hindi, stopWords: hindiStops },
  { code: 'hu', stem: hungarian, stopWords: hungarianStops },
  { code: 'it', stem: italian, stopWords: italianStops },
  { code: 'nl', stem: dutch, stopWords: dutchStops },
  { code: 'no', stem: norwegian, stopWords: norwegianStops },
  { code: 'pt', stem: portuguese, stopWords: portugueseStops },
  { code: 'ro', stem: romanian, stopWords: romanianStops },
  { code: 'ru', stem: russian, stopWords: russianStops },
  { code: 'sv', stem: swedish, stopWords: swedishStops },
  { code: 'tr', stem: turkish, stopWords: turkishStops },
];
