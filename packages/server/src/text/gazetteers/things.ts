/** Well-known technologies, products and organisations, folded. */

export type ThingType = 'product' | 'organization';

/** Found in any case. */
const products =
  'typescript,javascript,node.js,nodejs,postgresql,postgres,mysql,sqlite,mongodb,redis,kafka,' +
  'elasticsearch,kubernetes,terraform,graphql,webassembly,numpy,pytorch,tensorflow,django,' +
  'fastapi,laravel,svelte,angular,vue.js,next.js,webpack,vite,vitest,eslint,prettier,nginx,' +
  'github,gitlab,bitbucket,jira,figma,photoshop,lightroom,youtube,whatsapp,instagram,tiktok,' +
  'linkedin,facebook,snapchat,wechat,telegram,pinterest,reddit,wikipedia,chatgpt,gpt-4,gpt-4o,' +
  'gpt-5,gpt,copilot,langchain,llamaindex,huggingface,hugging face,openapi,dynamodb,supabase,' +
  'firebase,heroku,vercel,netlify,cloudflare workers,airtable,salesforce,hubspot,shopify,' +
  'wordpress,iphone,ipad,macbook,airpods,ios,ipados,macos,linux,ubuntu,debian,android,' +
  'raspberry pi,arduino,playstation,xbox,nintendo switch,kindle,powerpoint,onedrive,google drive,' +
  'google docs,google maps,google sheets,gmail,icloud,visual studio code,vs code,vscode,intellij,' +
  'pycharm,xcode,docker,ansible,jenkins,prometheus,grafana,rabbitmq,cassandra,neo4j,qdrant,' +
  'weaviate,milvus,pgvector,clickhouse,bigquery,databricks,powerbi,c++,c#,f#,.net,php,kotlin,' +
  'haskell,scala,bitcoin,ethereum,paypal,minecraft,fortnite,pokemon,world of warcraft,zelda,' +
  'duolingo,strava,fitbit,garmin,gopro,photoshop,jupyter,sentry,datadog,okta,auth0,trello,asana,' +
  'todoist,evernote,obsidian,bluetooth,usb-c,wi-fi,oauth';

/** Plain words too: only with a capital. */
const casedProducts =
  'python,java,rust,go,golang,ruby,swift,react,react native,spring boot,flask,rails,' +
  'ruby on rails,express.js,pandas,spark,hadoop,airflow,slack,teams,microsoft teams,notion,zoom,' +
  'excel,word doc,outlook,chrome,firefox,safari,windows,claude,gemini,llama,mistral 7b,' +
  'midjourney,alexa,siri,cortana,steam deck,switch oled,tesla model s,tesla model 3,model y,' +
  'prius,golf gti,mustang,bash,perl,lua,elixir,julia lang,matlab,tableau,snowflake,stripe,' +
  'discord,twitter,netflix,spotify,hulu,unity,unreal engine,blender,audible,lambda,azure,aws';

const organizations =
  'google,microsoft,apple,amazon,meta,openai,anthropic,deepmind,nvidia,intel,amd,ibm,oracle,' +
  'samsung,sony,nintendo,huawei,xiaomi,lenovo,dell,siemens,bosch,sap,bmw,volkswagen,mercedes,' +
  'mercedes-benz,audi,porsche,toyota,honda,nissan,hyundai,ford,general motors,tesla,spacex,' +
  'boeing,airbus,lufthansa,ryanair,delta airlines,united airlines,british airways,air france,' +
  'uber,lyft,airbnb,booking.com,ikea,walmart,costco,target corporation,starbucks,mcdonalds,' +
  'mcdonald,burger king,coca-cola,pepsi,nestle,unilever,procter & gamble,novartis,roche,pfizer,' +
  'moderna,johnson & johnson,ubs,credit suisse,goldman sachs,morgan stanley,jpmorgan,jp morgan,' +
  'barclays,hsbc,deutsche bank,bank of america,wells fargo,visa inc,mastercard,american express,' +
  'mckinsey,deloitte,accenture,kpmg,ernst & young,pwc,nasa,esa,cern,fbi,cia,nsa,nato,unicef,' +
  'unesco,who geneva,world bank,imf,european union,united nations,red cross,greenpeace,' +
  'amnesty international,mit,stanford,harvard,yale,princeton,eth zurich,eth,epfl,ucla,oxfam,' +
  'netflix inc,disney,warner bros,universal studios,pixar,bbc,cnn,reuters,new york times,' +
  'the new york times,washington post,guardian,fifa,uefa,real madrid,fc barcelona,' +
  'manchester united,bayern munich,nike,adidas,puma,zara,h&m,gucci,louis vuitton,chanel,philips,' +
  'shell,exxon,chevron,gazprom,alibaba,tencent,baidu,bytedance,toshiba,panasonic,canon,nikon,' +
  'hitachi,softbank,rakuten,tata,infosys,mozilla,red hat,canonical,stripe inc,github inc,' +
  'gitlab inc,hashicorp,atlassian,adobe,cisco,vmware,qualcomm,ericsson,nokia,vodafone,orange sa,' +
  't-mobile,deutsche telekom,swisscom,at&t,verizon,dhl,fedex,ups,migros,coop';

interface Thing {
  readonly type: ThingType;
  /** A plain word too, so it needs a capital. */
  readonly cased: boolean;
}

const things = new Map<string, Thing>();
for (const name of organizations.split(','))
  things.set(name, { type: 'organization', cased: true });
for (const name of casedProducts.split(',')) things.set(name, { type: 'product', cased: true });
for (const name of products.split(',')) things.set(name, { type: 'product', cased: false });

export const thingNamed = (folded: string): Thing | undefined => things.get(folded);
