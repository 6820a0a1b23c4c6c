/**
 * Function words per language: they are left out of queries and of document lengths, and their
 * votes tell which language a text is in. Spelled as `foldTerm` leaves them, contractions joined.
 */
import { foldTerm } from './fold.ts';

const lists = {
  en:
    'a about above after again all also am an and any are as at be because been before being ' +
    'below between both but by can cannot could cant couldnt did didnt do does doesnt doing dont ' +
    'down during each few for from further had hadnt has hasnt have havent having he her here ' +
    'hers herself him himself his how i if in into is isnt it its itself just me more most my ' +
    'myself no nor not now of off on once only or other our ours ourselves out over own same she ' +
    'should shouldnt so some such than that the their theirs them themselves then there these ' +
    'they this those through to too under until up very was wasnt we were werent what when where ' +
    'which while who whom whose why will with wont would wouldnt you your yours yourself im ive ' +
    'id ill youre youve theyre weve lets thats ain arent mustnt shall might must',
  de:
    'aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei bin ' +
    'bis bist da damit dann das dass dein deine dem den der des dessen die dies diese diesem ' +
    'diesen dieser dieses dir doch dort du durch ein eine einem einen einer eines er es etwas ' +
    'euch euer fur gegen hab habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ' +
    'ihre ihrem ihren ihrer im in ins ist jede jeden jeder jetzt kann kein keine keinen konnen ' +
    'konnte machen man mein meine meinem meinen meiner mich mir mit muss nach nicht nichts noch ' +
    'nun nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie sind so soll sollte ' +
    'sondern sonst uber um und uns unser unsere unter viel vom von vor wann war waren warum was ' +
    'weil welche welchem welchen welcher welches wenn wer werde werden wie wieder will wir wird ' +
    'wo wollen wurde wurden zu zum zur zwar zwischen',
  fr:
    'a afin ai alors au aucun aussi autre aux avait avant avec avoir c car ce ceci cela celle ' +
    'celui ces cet cette ceux chaque comme comment d dans de des deux donc dont du elle elles en ' +
    'encore entre es est et etaient etait etant ete etes etre eu eux fait font il ils j je jusqu ' +
    'l la le les leur leurs lui m ma mais me meme mes moi mon n ne ni nos notre nous on ont ou ' +
    'par parce pas pendant peu peut plus pour pourquoi qu quand que quel quelle quelles quels ' +
    'qui quoi s sa sans se sera ses si son sont sous suis sur t ta te tes toi ton tous tout ' +
    'toute toutes tres tu un une vers voici vos votre vous y',
  es:
    'a al algo algunas algunos ante antes aquel como con contra cual cuando cuanto cuantos de ' +
    'del desde donde dos durante e el ella ellas ellos en entre era eran es esa esas ese eso ' +
    'esos esta estaba estan estas este esto estos estoy fue fueron ha habia han has hasta hay he ' +
    'la las le les lo los mas me mi mis mucho muy nada ni no nos nosotros nuestra nuestro o os ' +
    'otra otro otros para pero poco por porque pues que quien quienes se sea ser si sido sin ' +
    'sobre son soy su sus tambien tanto te tengo tiene tienen todo todos tu tus un una uno unos ' +
    'usted ustedes y ya yo',
  it:
    'a abbiamo ad agli ai al alla alle allo anche avere aveva c che chi ci come con contro cosa ' +
    'cui d da dagli dai dal dalla dalle dallo degli dei del della delle dello di dove e ed era ' +
    'erano essere fra gli ha hai hanno ho i il in io l la le lei li lo loro lui ma me mentre mi ' +
    'mia mie miei mio molto ne negli nei nel nella nelle nello noi non nostra nostro o ogni per ' +
    'perche piu poi quale quali quando quanto quella quelle quelli quello questa queste questi ' +
    'questo qui se sei si sia sono sta stata stato su sua sugli sui sul sulla sulle suo suoi ' +
    'tra tu tua tuo tutti tutto un una uno vi voi',
  pt:
    'a ainda ao aos aquela aquele aquilo as ate com como da das de dela dele deles depois do dos ' +
    'e ela elas ele eles em entre era eram essa essas esse esses esta estao estas estava este ' +
    'estes estou eu foi foram ha isso isto ja la lhe mais mas me mesmo meu meus minha minhas ' +
    'muito na nao nas nem no nos nossa nosso num numa o onde os ou para pela pelas pelo pelos ' +
    'por porque qual quando que quem quanto sao se seja sem ser seu seus so sobre sua suas ' +
    'tambem te tem tenho ter teu teve tinha tu tua um uma umas uns voce voces vos',
  nl:
    'aan al alles als altijd andere ben bij daar dan dat de der deze die dit doch doen door dus ' +
    'een eens en er ge geen had heb hebben heeft hem het hier hij hoe hun iemand iets ik in is ' +
    'ja je jij jou jouw jullie kan kon kunnen maar me meer men met mij mijn moet na naar niet ' +
    'niets nog nu of om omdat ons onze ook op over reeds te tegen toch toen tot u uit uw van ' +
    'veel voor want waren was wat we wel werd wie wij wil worden wordt zal ze zei zelf zich zij ' +
    'zijn zo zonder zou waar waarom wanneer welke',
  sv:
    'alla allt att av bara blev bli blir da dar de deg dem den denna deras dess det detta dig ' +
    'din dina ditt du dar efter ej eller en er era ett fran for ha hade han hans har har henne ' +
    'hennes hon honom hur i icke ingen inom inte jag ju kan kunde man med mellan men mig min ' +
    'mina mitt mot mycket nagon nagot nar ni nu och om oss pa sa samma sedan sig sin sina sitt ' +
    'ska skulle som till under upp ut utan vad var vara varfor vart vem vi vid vilka vilken ' +
    'vilket at',
  no:
    'alle at av bare ble bli blir da de deg dem den denne der deres det dette din dine du eller ' +
    'en er et etter fra for ha hadde han hans har hennes her hun hva hvem hver hvilken hvor ' +
    'hvordan hvorfor i ikke ingen inn jeg kan kom kunne man med meg mellom men min mine mitt mot ' +
    'mye na nar noe noen og ogsa om opp oss over pa sa seg selv si sin sine sitt skal skulle som ' +
    'til ut uten var vart ved vi vil ville vaere vært',
  da:
    'alle at af blev bliver da de dem den denne der deres det dette dig din dine disse du efter ' +
    'eller en end er et for fra ham han hans har havde have hende hendes her hos hun hvad hvem ' +
    'hvis hvor hvordan hvorfor hvornar i ikke ind jeg jer kan kunne man mange med meget men mig ' +
    'min mine mit mod nar ned noget nogle nu og ogsa om op os over pa sa sadan selv sig sin sine ' +
    'sit skal skulle som til ud under var vi vil ville vor vaere været',
  fi:
    'ei eivat eli en ennen ette etta han hanen hanet he heidan hyvin ja jo joka jos jossa jotka ' +
    'joten kaikki kanssa kuin kuinka kuka kun kuten me meidan mika mikä milloin mina minun mina ' +
    'minulla minulle missa mita miksi mutta myos myös ne niin nyt oja olen oli olit olivat olla ' +
    'olleet ollut on ovat se sen sekä seka siita sina sinun sitä sita sitten tai tama tämä tassa ' +
    'te teidan tämän taman vaan vain vai voi',
  tr:
    'acaba ama ancak artik asla aslinda az bana bazi belki ben beni benim bile bir biraz biz ' +
    'bize bizim bu buna bunda bundan bunlar bunu bunun burada cok cunku da daha de degil diye ' +
    'dolayi en gibi hangi hem hep hepsi her hic icin ile ise iste kadar ki kim kimi mi mu nasil ' +
    'ne neden nerede nereye nicin niye o olan olarak oldu oldugu olur ona ondan onlar onlarin ' +
    'onu onun sana sen seni senin siz sizin sonra su tum uzere var ve veya ya yani yok zaman',
  ro:
    'a acea aceasta acest aceste acestea acesta acestui ai al ale am ar are as asa asta at au ca ' +
    'care cat catre ce cel cea cei cele cine cu cum cand da daca dar de decat deci deja despre ' +
    'din dintre doar dupa e ea ei el ele era erau este eu fara fi fie fiind fost i iar ii il in ' +
    'inainte isi la le lor lui ma mai me mea mei mele meu mult ne nici nimic niste noi nostru nu ' +
    'o or pe pentru pot prin pe sa sai sale sau se si sint sunt spre sub sunt tot toata toate ' +
    'toti tu un una unde unei unor unui va vom voi vor',
  hu:
    'a abban ahol aki akik akkor alatt am amely amikor ami az azok azon azt azzal be benne csak ' +
    'de e ebben egy egyik el ellen elott en es es ez ezek ezt ezzel fel hanem hiszen hogy hogyan ' +
    'hol igen ilyen is itt jobban jol kell ki kik le legyen lehet lenne lesz lett maga majd mar ' +
    'meg mert mi miert mikor milyen mind minden mint mit mivel most nagyon nala ne nekem nem ' +
    'nincs o ok olyan on oket os ot ott pedig s sem sok szamara szerint szinte ha ti tobb tovabb ' +
    'te van vagy vagyok valami volt voltam voltak',
  pl:
    'a aby ale bardzo bez bo bedzie by byc byl byla bylo byly ci co czy dla do gdy gdzie go i ' +
    'ich ile im ja jak jako je jego jej jest jestem juz kiedy kto ktora ktore ktory ktorych ku ' +
    'ma mam mi mnie moj moja moze my na nad nie nic nich nim niz o od on ona one oni oraz po pod ' +
    'przed przez przy sa sie sobie ta tak takze tam te tego tej ten to tu ty tylko tym w we wiec ' +
    'wszystko z za ze',
  id:
    'ada adalah akan aku anda apa atau bagaimana bahwa banyak belum bisa bukan dalam dan dapat ' +
    'dari dengan di dia ini itu jika juga kami kamu karena kata ke kepada kita lagi lebih mana ' +
    'mereka oleh pada para saat saja sangat saya sebagai seperti siapa sudah telah tentang ' +
    'tetapi tidak untuk yang',
  vi:
    'ai ban bi boi cac cai can cho chua co con cua cung da dang day de den di do duoc gi hay hon ' +
    'khi khong la lai lam len luc ma moi mot nay nen neu nguoi nhieu nhu nhung o ra rang rat sau ' +
    'se ta tai the thi tren trong tu va van vao ve vi voi',
  ru:
    'а без более бы был была были было быть в вам вас весь во вот все всего всех вы где да даже ' +
    'для до его ее если есть еще же за здесь и из или им их к как какая какие какой ко когда ' +
    'кого который которая которые кто куда ли лишь между меня мне мной может можно мой мы на над ' +
    'надо наш не него нее нет ни них но ну о об однако он она они оно от очень по под после ' +
    'потому почему при про раз с сам свою себе себя сейчас со так также такой там тебя тем то ' +
    'тогда того тоже только том тот ты у уже хотя чего чем через что чтобы эта эти это этого ' +
    'этой этом этот я сколько зачем моя мое мои',
  el:
    'αλλα αν απο αυτα αυτη αυτο αυτοι αυτος για δεν εαν ειμαι ειναι εκεινος ενα ενας επι εχει ' +
    'εχω η ηταν θα και κατα με μεσα μετα μη μην μια μου να ο οι ομως οπου οπως οσο οτι ποια ποιο ' +
    'ποιος ποσο που πρεπει προς πως σας σε στη στην στο στον στους στις στα σου τα τη την της τι ' +
    'τις το τοι τον τοτε του τους των ωστε πανω ποτε',
  ar:
    'ال الا التي الذي الذين الى ان انا انت او اي اين ايضا ب بعد بعض بين تلك ثم حتى حيث خلال ذلك ' +
    'على عليه عن عند عندما غير ف في فيه فيها قبل قد كان كانت كل كم كما كيف ل لا لقد لكن لم لما ' +
    'لماذا له لها لهم ليس ما ماذا متى مع من منذ منه منها نحن هذا هذه هل هم هناك هو هي و وقد وكان ' +
    'ولا وهو يا يكون',
  hi:
    'अपना अपनी अपने आप इन इस इसका इसके इसी उन उनका उनकी उनके उस उसका उसकी उसके एक एवं ऐसे और कई ' +
    'कर करता करते करना करने कहा का किया किस किसी की कुछ के को कोई कौन क्या क्यों गई गए गया जब ' +
    'जहां जा जाता जाती जाते जाने जैसे जो तक तथा तब तरह तो था थी थे दिया दो द्वारा न नहीं ने पर ' +
    'फिर बहुत बाद बारे भी मुझे मेरा मेरी मेरे में मैं यदि यह यहां या ये रहा रही रहे लिए ले व वह ' +
    'वहां वाला वाले वे सकता सकते सभी साथ से हम ही हुआ हुई हुए है हैं हो होता होती होते होने कब ' +
    'कहाँ कितने',
} as const;

/** Languages with a list; the position is the bit in `stopMask`. */
export const stopLanguages: readonly string[] = Object.keys(lists);

const masks = new Map<string, number>();
for (const [position, list] of Object.values(lists).entries()) {
  for (const word of list.split(' ').map(foldTerm)) {
    masks.set(word, (masks.get(word) ?? 0) | (1 << position));
  }
}

/** Languages written in other scripts: their words are known by their letters. */
const otherScripts = new Set(['ru', 'el', 'ar', 'hi']);

/** The language itself where it is written in Latin letters and known, else English. */
export function latinLanguage(language: string): string {
  return stopLanguages.includes(language) && !otherScripts.has(language) ? language : 'en';
}

/** Bit i is set where the folded word is a function word of `stopLanguages[i]`. */
export function stopMask(folded: string): number {
  return masks.get(folded) ?? 0;
}

/** Whether the folded word is a function word of the language. */
export function isStopWord(folded: string, language: string): boolean {
  const position = stopLanguages.indexOf(language);
  return position >= 0 && (stopMask(folded) & (1 << position)) !== 0;
}
