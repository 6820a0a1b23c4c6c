/** Whether somebody tells of something that they did, and in which words they do. English. */
import { contentWords } from '../../text/content-terms.ts';

/** What is asked of the one who listens: "explain this", "please continue". */
const request = new RegExp(
  '^\\W*(?:(?:and|now|ok|okay|then|so|hey|hi),? )*(?:explain|translate|continue|write|rewrite|' +
    'tell|show|give|list|summari[sz]e|create|generate|convert|compare|describe|' +
    "define|check|fix|draft|help|let['’]?s|remind|shorten|correct|go on|next)\\b|\\bplease\\b",
  'iu',
);
/** What did not happen, or should. */
const undone = new RegExp(
  "^\\W*no\\b|\\b(?:not|never|skip(?:ped|ping)?|without)\\b|n['’]t\\b|['’](?:ll|d)\\b|" +
    '\\b(?:should|will|would|could|might|may|must|wants? to|wish|' +
    'need to|going to|gonna|have to|if)\\b',
  'iu',
);

/** Requests, wishes, plans and denials. */
export function tellsNothing(text: string): boolean {
  return request.test(text) || undone.test(text);
}

/** Pasts that no stem leads back from. */
const pasts =
  'ran run,swam swim,sang sing,sung sing,drank drink,ate eat,went go,rode ride,ridden ride,' +
  'wrote write,written write,drove drive,driven drive,flew fly,fought fight,taught teach,' +
  'met meet,slept sleep,spoke speak,bought buy,caught catch,threw throw,drew draw,wore wear,' +
  'sold sell,paid pay,won win,lost lose,fell fall,dug dig,shot shoot,swept sweep,wove weave,' +
  'knit knit,grew grow,held hold,sewn sew,taken take,took take,made make,gave give';
const stemOf = (word: string): string => contentWords(word)[0]?.term ?? word;
const presents = new Map(
  pasts.split(',').map((pair): [string, string] => {
    const [then = '', now = ''] = pair.split(' ');
    return [stemOf(then), stemOf(now)];
  }),
);

/** "Ran" is told of the same as "running". */
export function presentOf(term: string): string {
  return presents.get(term) ?? term;
}

/** What everybody speaks of on any day, and how people speak with an assistant. */
const everyday =
  'think thought feel feeling need say said know mean want look seem weather rain sun cold warm ' +
  'hot tired sleep bed lunch dinner breakfast food work job home house test question ' +
  'hello next morning hi hey ok okay thanks thank good great nice bad fine happy sad ' +
  'nothing something thing time help answer please sure right wrong code error ' +
  'explain translate continue write tell show check fix come go ' +
  'get make take give find put let try start stop new old day week';
const everydayTerms = new Set(everyday.split(' ').map(stemOf));

/** Whether a word tells of a doing of its own, rather than of any day. */
export function isOfAnyDay(term: string): boolean {
  return everydayTerms.has(term);
}
