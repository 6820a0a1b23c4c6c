/** Whether somebody speaks of themselves or of whom they speak to, by the words for it. Pure. */

const self =
  "i i'm i've i'd i'll im my me mine we we're we've our ours us myself " +
  'ich mich mir mein meine meinen meinem meiner wir uns unser unsere unseren ' +
  "je j'ai moi mon mes nous notre nos yo mi mis nosotros nuestro nuestra eu meu minha " +
  'nós nosso nossa io mio mia noi nostro ik mij mijn wij ons onze ' +
  'я мне меня мой моя моё мы нас наш';
const other =
  "you you're you've you'd you'll your yours yourself u ur " +
  'du dich dir dein deine deinen deinem ihr euch euer eure ' +
  'tu toi ton tes vous votre vos usted ustedes tus você vocês tuo tua voi ' +
  'jij jou jouw jullie ты тебе тебя твой твоя вы вас вам ваш';

const selfWords = new Set(self.split(' '));
const otherWords = new Set(other.split(' '));
const word = /[\p{L}\p{M}]+(?:['’]\p{L}+)?/gu;

/**
 * English, German, French, Spanish, Portuguese, Italian, Dutch, Russian and Chinese; neither in
 * other languages, and where the verb alone tells who.
 */
export function speaksOf(text: string): { readonly self: boolean; readonly other: boolean } {
  const found = { self: text.includes('我'), other: /[你您]/u.test(text) };
  for (const [match] of text.matchAll(word)) {
    const one = match.toLowerCase().replace('’', "'");
    if (selfWords.has(one)) found.self = true;
    else if (otherWords.has(one)) found.other = true;
  }
  return found;
}
