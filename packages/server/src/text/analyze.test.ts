import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzeDocument, analyzeQuery, analyzerVersion } from './analyze.ts';

const terms = (text: string): string[] => analyzeDocument(text).terms.map(({ term }) => term);
const variants = (text: string, languages: readonly string[] = ['en']): string[] =>
  analyzeQuery(text, languages).flatMap((word) => word.variants.map(({ term }) => term));

/** Whether a query of `query` shares a term with a document of `text`. */
function finds(query: string, text: string): boolean {
  const { terms: found, language } = analyzeDocument(text);
  const known = new Set(found.map(({ term }) => term));
  return variants(query, [language]).some((term) => known.has(term));
}

describe('analyzeDocument', () => {
  it('names the data it depends on', () => {
    expect(analyzerVersion).toContain(String(process.versions.icu));
    expect(analyzerVersion).toContain(String(process.versions.unicode));
  });

  it('keeps Turkish letters apart, finds them typed without, and drops the case of names', () => {
    const text = 'Tesla bu yıl öldü, çok üzüldük. 2015’te Ankara’da da vardı.';
    const found = terms(text);
    expect(analyzeDocument(text).language).toBe('tr');
    expect(found).toEqual(expect.arrayContaining(['tesla', 'yil', 'öl', 'ol', '2015', 'ankar']));
    const stems = (query: string) =>
      analyzeQuery(query, ['tr']).flatMap((word) => word.variants.map(({ term }) => term));
    expect(stems('bu ne için öldü')).toEqual(['öl']);
    expect(stems('bu ne icin oldu mu ANKARA’DA')).toContain('ankar');
    expect(finds('YILI', text)).toBe(true);
  });

  it('stems, counts, and leaves function words out of the length', () => {
    const { terms: found, length, language } = analyzeDocument('The dogs were running: run, dog!');
    expect(language).toBe('en');
    expect(length).toBe(4);
    expect(found).toContainEqual({ term: 'dog', count: 2 });
    expect(found).toContainEqual({ term: 'run', count: 2 });
    expect(found).toContainEqual({ term: 'the', count: 1 });
    expect(analyzeDocument('to be or not to be').length).toBe(6);
  });

  it.each([
    ['Die Häuser sind für die Familien in Zürich', 'de', 'haus'],
    ["J'aime les vacances et la plage", 'fr', 'plag'],
    ['Las casas de mi hermano son muy grandes', 'es', 'cas'],
    ['Le case di mio fratello sono molto grandi', 'it', 'cas'],
    ['As casas do meu pai são muito grandes', 'pt', 'cas'],
    ['De huizen van mijn broer zijn niet groot', 'nl', 'huiz'],
    ['Jag har en bil och den är inte röd', 'sv', 'bil'],
    ['Ben bu arabayı çok seviyorum ve güzel', 'tr', 'araba'],
    ['Casele sunt foarte mari și nu le-am văzut', 'ro', 'cas'],
    ['Я купил новую машину', 'ru', 'машин'],
    ['أنا أحب القهوة', 'ar', 'قهو'],
    ['मैं कल दिल्ली गया था', 'hi', 'कल'],
    ['我昨天去了北京', 'zh', '北京'],
    ['私はコーヒーが好きです', 'ja', '好き'],
    ['나는 어제 학교에 갔다', 'ko', '학교'],
    ['ผมชอบกินข้าวผัด', 'th', 'ข้าว'],
  ])('knows the language of %j', (text, language, term) => {
    expect(analyzeDocument(text).language).toBe(language);
    expect(terms(text)).toContain(term);
  });

  it('stays with the hint where the text does not speak', () => {
    expect(analyzeDocument('Pizza Margherita').language).toBe('en');
    expect(analyzeDocument('Pizza Margherita', { languageHint: 'it' }).language).toBe('it');
  });

  it.each([
    ['Ann', "Ann's sister"],
    ['dont', 'I don’t know'],
    ["O'Brien", 'obrien'],
    ['email', 'an e-mail'],
    ['sister law', 'sister-in-law'],
    ['parseTranscript', 'call parseTranscript() now'],
    ['parse', 'call parseTranscript() now'],
    ['user_id', 'where user_id = 3'],
    ['ann.b@example.com', 'write to ann.b@example.com.'],
    ['example.com', 'write to ann.b@example.com.'],
    ['@ann', 'ask @ann'],
    ['ann', 'ask @ann'],
    ['https://www.example.com/a/b?q=1', 'see https://www.example.com/a/b?q=1, please'],
    ['example', 'see https://www.example.com/a/b?q=1, please'],
    ['C++', 'I write C++ and C#'],
    ['nodejs', 'node.js'],
    ['gpt4', 'GPT-4'],
    ['1000', 'it cost 1,000 dollars'],
    ['3.5', 'version 3.5'],
    ['8', 'on May 8th'],
    ['cafe', 'the café'],
    ['strasse', 'die Straße und das Haus der Familie'],
    ['ｆｕｌｌ', 'full width'],
    ['猫', '我看到了猫在这里'],
    ['database', '我们用 PostgreSQL databases 工作'],
    ['databases', 'мы используем database в работе'],
    ['123', 'मैं १२३ हूँ'],
    ['🎉', 'we won 🎉🎉'],
    ['ha noi', 'Tôi ở Hà Nội và không đi đâu được'],
    ['pass\u00adword', 'password'],
  ])('finds %j in %j', (query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it('is bounded and fast on anything', () => {
    const units = ['a', 'a-', 'aB', "a'", '@', 'a/', 'http://a?', 'a\u0301', '我', 'ผม', '😀', 'ﷺ'];
    for (const unit of units) {
      const began = performance.now();
      const { terms: found } = analyzeDocument(unit.repeat(Math.ceil(32_768 / unit.length)));
      expect(performance.now() - began, unit).toBeLessThan(1_000);
      for (const { term } of found) expect(term.length).toBeLessThanOrEqual(64);
    }
    expect(terms('x'.repeat(1_000_000))).toEqual(['x'.repeat(64)]);
    expect(analyzeQuery('我去'.repeat(5_000), []).length).toBeLessThanOrEqual(256);
  });
});

describe('analyzeQuery', () => {
  it('drops function words unless there is nothing else', () => {
    expect(analyzeQuery('What did the dogs do?', ['en']).map((word) => word.surface)).toEqual([
      'dogs',
    ]);
    expect(variants('Who runs the IT of the WHO in May?')).toEqual(['run', 'it', 'who', 'may']);
    expect(variants('to be or not to be')).toEqual(['to', 'be', 'or', 'not']);
  });

  it('stems in the languages of the namespace, equal stems merged', () => {
    expect(variants('Häuser', ['de'])).toEqual(['haus']);
    expect(variants('nations', ['en', 'fr', 'de', 'es'])).toEqual(['nation']);
    expect(variants('running', ['en', 'de'])).toEqual(['run', 'running']);
  });
});

describe('any text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc
      .array(
        fc.constantFrom(
          'word',
          "it's",
          '\0',
          '\ud800',
          '\u202e',
          '\u200d',
          '👩‍👩‍👧',
          'a.b@c.de',
          'ß',
          '漢字',
        ),
      )
      .map((parts) => parts.join(' ')),
  );

  it('gives bounded terms and counts', () => {
    fc.assert(
      fc.property(text, (value) => {
        const { terms: found, length } = analyzeDocument(value);
        expect(length).toBeGreaterThanOrEqual(found.length > 0 ? 1 : 0);
        for (const { term, count } of found) {
          expect(term.length > 0 && term.length <= 64).toBe(true);
          expect(count).toBeGreaterThan(0);
        }
        expect(new Set(found.map(({ term }) => term)).size).toBe(found.length);
      }),
    );
  });

  it('is found by its own words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 })), (words) => {
        // Dictionary segmentation sees a word in another way when it stands alone.
        const spaced = words.filter(
          (word) =>
            !/\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}/u.test(word),
        );
        const value = spaced.join(' ');
        for (const word of spaced) {
          if (analyzeQuery(word, ['en']).length > 0) expect(finds(word, value), word).toBe(true);
        }
      }),
    );
  });
});
