/** Countries, large cities, regions and US states, folded; several words joined by spaces. */

/** Countries, regions and states: who lives in one of them lives in a town of it as well. */
const wideAreas = [
  // Countries
  'afghanistan,albania,algeria,andorra,angola,argentina,armenia,australia,austria,azerbaijan',
  'bahamas,bahrain,bangladesh,barbados,belarus,belgium,belize,benin,bhutan,bolivia,botswana',
  'brazil,brunei,bulgaria,burkina faso,burundi,cambodia,cameroon,canada,chad,chile,china',
  'colombia,congo,costa rica,croatia,cuba,cyprus,czechia,czech republic,denmark,djibouti',
  'dominican republic,ecuador,egypt,el salvador,england,eritrea,estonia,ethiopia,fiji,finland',
  'france,gabon,gambia,georgia,germany,ghana,greece,greenland,guatemala,guinea,guyana,haiti',
  'honduras,hong kong,hungary,iceland,india,indonesia,iran,iraq,ireland,israel,italy,jamaica',
  'japan,jordan,kazakhstan,kenya,kosovo,kuwait,kyrgyzstan,laos,latvia,lebanon,lesotho,liberia',
  'libya,liechtenstein,lithuania,luxembourg,macau,madagascar,malawi,malaysia,maldives,mali,malta',
  'mauritania,mauritius,mexico,moldova,monaco,mongolia,montenegro,morocco,mozambique,myanmar',
  'namibia,nepal,netherlands,new zealand,nicaragua,niger,nigeria,north korea,north macedonia',
  'norway,oman,pakistan,palestine,panama,papua new guinea,paraguay,peru,philippines,poland',
  'portugal,puerto rico,qatar,romania,russia,rwanda,saudi arabia,scotland,senegal,serbia',
  'sierra leone,singapore,slovakia,slovenia,somalia,south africa,south korea,south sudan,spain',
  'sri lanka,sudan,suriname,sweden,switzerland,syria,taiwan,tajikistan,tanzania,thailand,togo',
  'tunisia,turkey,turkmenistan,uganda,ukraine,united arab emirates,united kingdom,united states',
  'uruguay,uzbekistan,vatican,venezuela,vietnam,wales,yemen,zambia,zimbabwe,usa,uk,uae,u.s,u.k',
  'deutschland,osterreich,schweiz,frankreich,italien,spanien,allemagne,suisse,espagne,italie',
  'angleterre,espana,francia,alemania,italia,brasil,svizzera,germania,turkiye,sverige,norge',
  'danmark,suomi,belgique,belgie,nederland,polska,romania,magyarorszag,grossbritannien',
  // Regions
  'africa,asia,europe,antarctica,north america,south america,latin america,middle east',
  'scandinavia,balkans,caribbean,bavaria,bayern,tuscany,toscana,catalonia,andalusia,provence',
  'normandy,brittany,sicily,sardinia,corsica,crete,bali,java island,tibet,siberia,patagonia',
  'alps,himalayas,andes,rocky mountains,rockies,pyrenees,sahara,amazon rainforest,silicon valley',
  'bay area,yosemite,yellowstone,grand canyon,niagara falls,everest,kilimanjaro,atlantic,pacific',
  'mediterranean,wall street,times square,central park,eiffel tower,golden gate bridge',
  // US states and Canadian provinces
  'alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,florida,hawaii,idaho',
  'illinois,indiana,iowa,kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan',
  'minnesota,mississippi,missouri,montana,nebraska,nevada,new hampshire,new jersey,new mexico',
  'north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,rhode island,south carolina',
  'south dakota,tennessee,texas,utah,vermont,west virginia,wisconsin,wyoming,ontario,quebec',
  'british columbia,alberta,manitoba,nova scotia,saskatchewan,new south wales,queensland',
].join(',');

const latin = [
  wideAreas,
  // Cities
  'abidjan,abu dhabi,accra,addis ababa,adelaide,ahmedabad,aleppo,alexandria,algiers,almaty,amman',
  'amsterdam,ankara,antwerp,antwerpen,athens,athen,atlanta,auckland,austin,baghdad,baku',
  'baltimore,bangalore,bengaluru,bangkok,barcelona,basel,beijing,beirut,belfast,belgrade,bergen',
  'berkeley,berlin,bern,bilbao,birmingham,bogota,bologna,bonn,bordeaux,boston,brasilia,bratislava',
  'bremen,brisbane,bristol,brno,brooklyn,bruges,brussels,bruxelles,bucharest,bucuresti,budapest',
  'buenos aires,buffalo,busan,cairo,calgary,cambridge,canberra,cape town,caracas,cardiff',
  'casablanca,cebu,chengdu,chennai,chicago,chongqing,christchurch,cincinnati,cleveland,cologne',
  'colombo,copenhagen,kobenhavn,cork,dakar,dallas,damascus,dar es salaam,darwin,delhi,new delhi',
  'denver,detroit,dhaka,doha,dortmund,dresden,dubai,dublin,durban,dusseldorf,edinburgh,eindhoven',
  'essen,florence italy,firenze,frankfurt,fukuoka,gdansk,geneva,geneve,genf,genoa,genova,ghent',
  'glasgow,gothenburg,goteborg,granada,graz,grenoble,guadalajara,guangzhou,hamburg,hanoi,hannover',
  'harare,havana,heidelberg,helsinki,hiroshima,ho chi minh city,hobart,honolulu,houston,hyderabad',
  'ibiza,innsbruck,istanbul,izmir,jaipur,jakarta,jeddah,jerusalem,johannesburg,kabul,kampala',
  'karachi,karlsruhe,kathmandu,khartoum,kiev,kyiv,kigali,kingston,kinshasa,kobe,koln,kolkata',
  'krakow,kuala lumpur,kyoto,la paz,lagos,lahore,las vegas,lausanne,leeds,leipzig,lille,lima',
  'lisbon,lisboa,liverpool,ljubljana,london,londres,los angeles,luanda,lucerne,luzern,lugano',
  'lusaka,lviv,lyon,madrid,malaga,malmo,manchester,manhattan,manila,maputo,marrakech,marseille',
  'mecca,medellin,melbourne,memphis,mexico city,miami,milan,milano,milwaukee,minneapolis,minsk',
  'mogadishu,mombasa,monterrey,montevideo,montreal,moscow,mosul,mumbai,munich,munchen,munster',
  'muscat,nagoya,nairobi,nanjing,nantes,naples,napoli,nashville,new orleans,new york',
  'new york city,nyc,newcastle,nice france,nicosia,nuremberg,nurnberg,oakland,odessa,odesa,orlando',
  'osaka,oslo,ottawa,oxford,palermo,palo alto,paris,perth,philadelphia,phnom penh,phoenix arizona',
  'pittsburgh,porto,portland,potsdam,prague,praha,pretoria,pune,pyongyang,quito,rabat,reykjavik',
  'riga,rio de janeiro,riyadh,roma,rome,rotterdam,sacramento,saigon,salt lake city,salvador brazil',
  'salzburg,san antonio,san diego,san francisco,san jose,san juan,santa barbara,santa cruz',
  'santa monica,santo domingo,sao paulo,sapporo,sarajevo,seattle,seoul,seville,sevilla,shanghai',
  'sheffield,shenzhen,sofia bulgaria,st petersburg,st. petersburg,saint petersburg,st louis',
  'stockholm,strasbourg,stuttgart,tallinn,tampa,tangier,tashkent,tbilisi,tehran,tel aviv',
  'the hague,thessaloniki,tokyo,toronto,toulouse,tripoli,tucson,tunis,turin,torino,ulaanbaatar',
  'utrecht,valencia,valletta,vancouver,venice,venezia,vienna,wien,vientiane,vilnius,warsaw',
  'warszawa,washington,washington dc,wellington,winterthur,wroclaw,wuhan,yangon,yerevan,yokohama',
  'zagreb,zermatt,zurich,hollywood,cambridge massachusetts,boulder,san mateo,mountain view',
  // Cyrillic, Greek
  'россия,украина,германия,франция,италия,испания,китай,япония,москва,москве,москвы,петербург',
  'санкт-петербург,киев,минск,лондон,париж,париже,берлин,берлине,рим,токио,новосибирск,казань',
  'αθηνα,ελλαδα,λονδινο,παρισι,θεσσαλονικη,κυπρος',
].join(',');

const wide =
  '北京|上海|广州|深圳|杭州|成都|重庆|武汉|西安|南京|天津|苏州|香港|台湾|台北|澳门|中国|美国|英国|法国|德国|' +
  '日本|韩国|俄罗斯|印度|加拿大|澳大利亚|新加坡|泰国|越南|巴黎|伦敦|纽约|东京|大阪|京都|首尔|柏林|' +
  '東京|札幌|横浜|名古屋|神戸|福岡|広島|沖縄|北海道|仙台|奈良|中国|韓国|台湾|アメリカ|イギリス|フランス|ドイツ|' +
  'イタリア|スペイン|カナダ|オーストラリア|ロンドン|パリ|ベルリン|ニューヨーク|ローマ|ソウル|シンガポール|' +
  '서울|부산|인천|대구|대전|광주|제주|한국|미국|일본|중국|영국|프랑스|독일|도쿄|파리|런던|뉴욕|' +
  'القاهرة|دبي|الرياض|بيروت|دمشق|بغداد|مصر|' +
  'السعودية|لبنان|المغرب|باريس|لندن|दिल्ली|मुंबई|भारत|กรุงเทพ|เชียงใหม่|ประเทศไทย';

const places: ReadonlySet<string> = new Set(latin.split(','));
const areas: ReadonlySet<string> = new Set(wideAreas.split(','));

export const isPlace = (folded: string): boolean => places.has(folded);
export const isWideArea = (folded: string): boolean => areas.has(folded);
/** Places in scripts without capitals. */
export const widePlace = new RegExp(wide, 'gu');
