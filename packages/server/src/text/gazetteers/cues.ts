/** Words that tell what a name is, and capitalised words that are no names. All folded. */

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Before a person. */
export const titles = set(
  'mr mrs ms miss mx dr prof professor sir madam lady lord president senator judge captain ' +
    'uncle aunt auntie grandma grandpa pastor father sister coach herr frau mme mlle monsieur ' +
    'madame senor senora sr sra signor signora dott don dona sensei meneer mevrouw',
);

/** Last word of an organisation. */
export const organizationEnds = set(
  'inc incorporated ltd limited gmbh ag kg se sa sarl srl spa bv nv oy ab as corp corporation ' +
    'co company llc llp plc university college school academy institute bank hospital clinic ' +
    'foundation agency ministry department association society group club church council ' +
    'committee federation union party labs laboratories studios technologies systems solutions ' +
    'software partners ventures capital holdings industries airlines airways motors records ' +
    'press news times network orchestra team universitat hochschule universidad universite ' +
    'verein stiftung firma restaurant bakery',
);

/** First word of an organisation: University of Oxford, Bank of England. */
export const organizationStarts = set('university bank ministry department institute college');

/** Last word of a place. */
export const placeEnds = set(
  'street st avenue ave road rd boulevard lane square plaza park garden gardens museum airport ' +
    'station bridge lake river mountain mountains valley island islands beach bay forest desert ' +
    'castle palace cathedral tower hotel county city village town harbor harbour canyon falls ' +
    'theatre theater library stadium hall center centre hill hills strasse platz weg allee',
);

/** First word of a place. */
export const placeStarts = set(
  'lake mount mt fort port san santa saint cape rue via plaza avenida',
);

/** Inside a name, in lower case. */
export const connectors = set(
  'of the de du des la le van von der den di da del della dos das bin ibn al el y und',
);

/** Connectors that join a name only together with another one: of the. */
export const looseConnectors = set('the y und');

/** Right before a place. */
export const placeCues = set(
  'in near to from visit visited visiting across around through toward towards leaving outside ' +
    'inside throughout nach aus bei vers en depuis desde hacia a da naar uit i till fran',
);

/** Right before an organisation. */
export const organizationCues = set('at joined join for joining bei chez');

/** Right before a product. */
export const productCues = set(
  'use uses used using install installed installing via with learn learning playing play played ' +
    'bought buy downloaded tried try running deploy deployed',
);

/** What people do: right behind a person. */
export const personVerbs = set(
  'said says say told tells asked asks lives lived works worked moved moves loves loved likes ' +
    'liked wants wanted thinks thought knows knew went goes came comes called calls ' +
    'plays played met meets bought buys wrote writes reads taught teaches studies studied plans ' +
    'planned loves hates hated prefers preferred recommended recommends suggested invited gave ' +
    'gives took takes started starts joined joins left sent sends ' +
    'adopted married visited visits runs ran cooked cooks baked painted paints sings',
);

/** Capitalised, but neither person, place, organisation nor product. */
export const plainCapitals = set(
  'i english french german italian spanish portuguese dutch russian chinese japanese korean ' +
    'arabic turkish greek hindi latin polish swedish norwegian danish finnish hungarian romanian ' +
    'american british european african asian indian mexican canadian australian irish scottish ' +
    'swiss austrian brazilian thai vietnamese ukrainian catholic christian muslim jewish ' +
    'buddhist hindu christmas easter thanksgiving halloween hanukkah ramadan diwali god jesus ' +
    'internet web bible ok okay tv ai pm am ceo cto cfo hr it pr id api url http https json sql ' +
    'html css usb pdf faq diy fyi asap btw lol omg wow haha yay aww dm pc gps dna rsvp eta tbd ' +
    'todo ps vs etc phd mba bsc msc ba ma llm ml nlp ui ux qa cpu gpu ram ssd sdk cli gdp lgbtq ' +
    'lgbtqia covid covid-19 hi hey hello dear thanks thank yes no oh well mom dad mum mama papa ' +
    'grandma grandpa yeah yep nope sure cool great awesome congrats sorry please bye spring ' +
    'summer autumn fall winter north south east monday tuesday wednesday thursday friday ' +
    'saturday sunday january february march july september october november december west mon ' +
    'tue tues wed weds thu thur thurs fri sat sun bc ad utc gmt est pst cet r&d q&a user ' +
    'assistant human system',
);

/** Common words that open English sentences; function words are known apart. */
export const openers = set(
  'actually ah ahead alright already although always another anyone anything anyway apparently ' +
    'ask bad besides best better big book books bring build buy call check click come compare ' +
    'consider congratulations could create currently day definitely describe despite does done ' +
    'dont eat either enjoy especially even eventually ever every everybody everyone everything ' +
    'exactly excited explain fair family feel feeling fine finally find first follow food ' +
    'fortunately four five friends get getting give given glad go going good got guess happy ' +
    'hard have hearing help here hmm honestly hopefully however imagine in indeed instead ' +
    'interesting its join keep kids know last lately later learn learning let lets life like ' +
    'list live long look looking looks lots love loved luckily make making many maybe mayor ' +
    'meanwhile meet meeting money monthly morning most music name need neither never new next ' +
    'nice nobody none normally note nothing now often old one open order our people perhaps ' +
    'personally pick play plus price probably pretty put quick quite read reading really ' +
    'recently remember reminder remind right run same saw say second see seeing seems send set ' +
    'several share show since six so some somebody someone something sometimes soon sounds ' +
    'speaking start still stop summary suddenly surely take taking talk tell ten thats therefore ' +
    'think thinking third though three thus time tired today together tomorrow tonight top ' +
    'totally training travel traveling try trying turn twice two unfortunately unless update use ' +
    'usually very wait walk want was watch weekly welcome went whatever whenever wherever ' +
    'whether whoever wish without wonderful work working would write writing wrong yesterday yet ' +
    'dinner lunch breakfast dinner coffee tea pizza dogs cats dog cat birds team customers users ' +
    'deliver pay ship invoice total meeting notes action item items agenda question answer both ' +
    'half nearly almost whose thank absolutely agreed as along art camping painting running ' +
    'swimming cooking pottery hiking yoga nature support self adoption research counseling ' +
    'mental health',
);
