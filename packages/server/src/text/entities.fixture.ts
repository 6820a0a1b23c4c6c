/** Sentences with the entities that a reader would mark in them: `type:normal`. */

export interface PlantedSentence {
  readonly text: string;
  readonly expected: readonly string[];
}

const lines: readonly (readonly [string, string])[] = [
  [
    'Dr. Sarah Chen moved to Zurich in 2023 to work at Novartis.',
    'person:sarah chen|place:zurich|date:2023|organization:novartis',
  ],
  ['I met Priya in Bangalore on May 8, 2023.', 'person:priya|place:bangalore|date:2023-05-08'],
  [
    'We paid $1,200.50 to Acme Inc for the new server.',
    'quantity:1200.5 usd|organization:acme inc',
  ],
  [
    'Yesterday Tom and Maria went hiking near Lake Como.',
    'person:tom|person:maria|place:lake como',
  ],
  [
    'Please write to ann.b@example.com or call @bob_smith.',
    'email:ann.b@example.com|handle:@bob_smith',
  ],
  [
    'The docs are at https://docs.example.org/setup and they are short.',
    'url:docs.example.org/setup',
  ],
  ['My daughter Emma plays the violin every Tuesday.', 'person:emma|date:tuesday'],
  ['We migrated from MySQL to PostgreSQL last year.', 'product:mysql|product:postgresql'],
  [
    'The function parseTranscript returns undefined for user_id.',
    'code:parsetranscript|code:user_id',
  ],
  [
    'Kwame flew from Accra to New York with his brother Kofi.',
    'person:kwame|place:accra|place:new york|person:kofi',
  ],
  ['The flat costs 850 euros a month and has 72 square meters.', 'quantity:850 eur'],
  ['Growth was 12.5% in March 2021.', 'quantity:12.5%|date:2021-03'],
  ['She studied physics at the University of Oxford.', 'organization:university of oxford'],
  ['Mr. Tanaka prefers green tea.', 'person:tanaka'],
  ['Hiroshi works for Toyota in Nagoya.', 'person:hiroshi|organization:toyota|place:nagoya'],
  ['I ran 10 km in 52 minutes this morning.', 'quantity:10 km|quantity:52 minute'],
  [
    'Our team uses Docker, Kubernetes and Terraform.',
    'product:docker|product:kubernetes|product:terraform',
  ],
  ['The meeting is on 2024-11-03 at the office.', 'date:2024-11-03'],
  ['Ask Fatima about the invoice from Globex GmbH.', 'person:fatima|organization:globex gmbh'],
  ["Carlos's sister lives on Maple Street.", 'person:carlos|place:maple street'],
  ['Is Berlin colder than Warsaw in winter?', 'place:berlin|place:warsaw'],
  ['I bought a Kindle and an iPhone for my mother.', 'product:kindle|product:iphone'],
  ['Professor Okonkwo teaches history at Stanford.', 'person:okonkwo|organization:stanford'],
  ['He was born on 3 April 1985 in Buenos Aires.', 'date:1985-04-03|place:buenos aires'],
  ['Deploy it with npm and look at config/settings.ts first.', 'code:config/settings.ts'],
  ['Thanks for the help! The pizza was great.', ''],
  ['Honestly, nothing interesting happened today.', ''],
  ['What do you think about running every day?', ''],
  ['That sounds like a wonderful idea, well done!', ''],
  ['Good morning! How was your weekend?', ''],
  ['Ludwig van Beethoven was born in Bonn.', 'person:ludwig van beethoven|place:bonn'],
  ['The new dog is called Rufus and weighs 12 kg.', 'person:rufus|quantity:12 kg'],
  ['Elena and Dmitri adopted two cats in Kyiv.', 'person:elena|person:dmitri|place:kyiv'],
  ['My flight with Lufthansa leaves from Munich at noon.', 'organization:lufthansa|place:munich'],
  ['I have an account at Deutsche Bank.', 'organization:deutsche bank'],
  ['Version two of the app was written in Rust.', 'product:rust'],
  ['Call getUser() before saveSession() runs.', 'code:getuser|code:savesession'],
  [
    'Aisha joined Microsoft as a designer in June 2022.',
    'person:aisha|organization:microsoft|date:2022-06',
  ],
  ['Our landlord, Mrs. Kowalski, raised the rent by 5%.', 'person:kowalski|quantity:5%'],
  ['The Eiffel Tower is 330 meters tall.', 'place:eiffel tower|quantity:330 m'],
  ['See you on the 4th of July at Central Park.', 'date:--07-04|place:central park'],
  ['Grandma lives in a small village in Kerala.', 'place:kerala'],
  ['Mateo wants to learn Python and Go.', 'person:mateo|product:python|product:go'],
  ['We watched Blade Runner with Ingrid.', 'product:blade runner|person:ingrid'],
  ['The package was sent by DHL and cost £14.', 'organization:dhl|quantity:14 gbp'],
  ['Nasser Hospital hired forty nurses.', 'organization:nasser hospital'],
  ['I love the way Zadie Smith writes.', 'person:zadie smith'],
  ['Set MAX_RETRIES to three and restart Redis.', 'code:max_retries|product:redis'],
  ['In Canada we visited Banff and Lake Louise.', 'place:canada|place:banff|place:lake louise'],
  [
    'Yuki emailed yuki@example.jp about the trip to Kyoto.',
    'person:yuki|email:yuki@example.jp|place:kyoto',
  ],
  [
    'Ich wohne seit 2019 in Hamburg und arbeite bei Siemens.',
    'date:2019|place:hamburg|organization:siemens',
  ],
  ['Meine Schwester Anja hat am 8. Mai 2020 geheiratet.', 'person:anja|date:2020-05-08'],
  [
    'Nous avons rencontré Camille à Lyon le 14 juillet 2018.',
    'person:camille|place:lyon|date:2018-07-14',
  ],
  [
    'Mi hermano Javier vive en Sevilla y trabaja con Java.',
    'person:javier|place:sevilla|product:java',
  ],
  [
    'Giulia ha comprato una macchina per 9.500 euro a Torino.',
    'person:giulia|quantity:9500 eur|place:torino',
  ],
  ['A Beatriz mora em Lisboa desde 2015.', 'person:beatriz|place:lisboa|date:2015'],
  [
    '我在北京用 PostgreSQL 工作，2023年5月8日开始。',
    'place:北京|product:postgresql|date:2023-05-08',
  ],
  ['田中さんは東京でコンサートを見ました。', 'person:田中|place:東京|product:コンサート'],
  ['나는 서울에서 3시간 기다렸다.', 'place:서울|quantity:3 hour'],
  ['Я живу в Москве, моя почта anna@example.ru.', 'place:москве|email:anna@example.ru'],
  ['ผมทำงานที่กรุงเทพ อีเมล somchai@example.co.th', 'place:กรุงเทพ|email:somchai@example.co.th'],
  ['J. K. Rowling wrote the books in Edinburgh.', 'person:j k rowling|place:edinburgh'],
  [
    'The United Nations met in Geneva on 12/24/2022.',
    'organization:united nations|place:geneva|date:2022-12-24',
  ],
  ['My therapist suggested yoga; Lena agreed.', 'person:lena'],
];

export const planted: readonly PlantedSentence[] = lines.map(([text, expected]) => ({
  text,
  expected: expected === '' ? [] : expected.split('|'),
}));
