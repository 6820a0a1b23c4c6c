/** Word lists for synthetic memories: frequent words first, as in a real vocabulary. */

/** Function words; about two in five words of English text are such. */
export const functionWords: readonly string[] = (
  'the of and to a in is it that was for on with as at by this but from they we she he or an my ' +
  'not have had you be are his her our their will would when there what about into than then'
).split(' ');

/** Content words, so that the built-in embedder knows the frequent part of the vocabulary. */
export const contentWords: readonly string[] = (
  'work time project team meeting house family friend school coffee report music travel ' +
  'garden budget design customer server database release kitchen doctor dinner book movie ' +
  'train flight hotel weekend morning evening city river mountain beach summer winter spring ' +
  'autumn holiday birthday present letter phone message laptop screen keyboard software ' +
  'hardware network cloud storage backup password account invoice payment price market ' +
  'product service order delivery contract lawyer office manager engineer designer teacher ' +
  'student nurse driver farmer painter writer singer actor soldier sailor baker butcher ' +
  'gardener plumber carpenter painting picture camera window door table chair lamp carpet ' +
  'mirror bottle glass plate spoon knife bread cheese butter apple orange lemon tomato potato ' +
  'onion garlic pepper salt sugar chocolate cake soup salad chicken fish beef rice pasta ' +
  'pizza breakfast lunch restaurant recipe oven fridge street bridge station airport museum ' +
  'theatre library church castle tower park forest lake island village country border ocean ' +
  'desert valley weather storm rain snow wind cloud sunshine bicycle motorbike car engine ' +
  'wheel brake tyre fuel battery electric solar energy power light water fire stone wood ' +
  'metal paper plastic cotton leather silver gold dog cat horse bird rabbit tiger elephant ' +
  'monkey spider flower tree leaf grass seed root fruit vegetable health sleep exercise ' +
  'running swimming cycling yoga climbing football tennis basketball chess guitar piano ' +
  'violin drums concert festival dance poem novel story chapter page author language english ' +
  'french german spanish italian japanese chinese grammar lesson exam grade university ' +
  'college degree research science physics chemistry biology history geography economics ' +
  'philosophy psychology mathematics statistics algorithm function variable compiler browser ' +
  'website interface button color green blue yellow purple brown black white small large ' +
  'heavy quick slow early late young ancient modern quiet noisy bright dark clean dirty cheap ' +
  'expensive simple complex careful friendly serious funny honest curious proud nervous tired ' +
  'hungry thirsty happy lonely angry buy sell build break fix open close start finish learn ' +
  'teach write read draw sing play win lose find keep give take bring send call visit invite ' +
  'plan decide choose prefer enjoy avoid remember forget promise believe hope worry laugh cry ' +
  'smile walk drive fly swim climb cook eat drink sleep wake dream move stay leave arrive ' +
  'return wait hurry'
).split(' ');

/** People, places and organisations: what entity extraction finds. */
export const names: readonly string[] = (
  'Alice Bruno Carla Dmitri Elena Farid Greta Hassan Ingrid Jonas Keiko Lucas Maria Nadia Oscar ' +
  'Priya Quentin Rosa Stefan Tomas Ursula Viktor Wanda Xavier Yusuf Zara Berlin Lisbon Osaka ' +
  'Toronto Nairobi Vienna Chicago Madrid Helsinki Sydney Acme Northwind Contoso Initech Globex'
).split(' ');
