/** Habits as people tell them, in other words each time; and series that are none. */
import { type NaturalSet, naturalCases } from '../natural-set.ts';

/**
 * The sentences of a case are told in turn: `mon` on ten Mondays, `first` at the first of eight
 * months, `days` on ten days without order.
 */
export const patternExtract: NaturalSet = {
  strategy: 'pattern_extract',
  days: [],
  cases: naturalCases(`
+mon I went running by the river this morning.
Ran 5 km before work.
Went for a run again.
My morning run was hard today.
+mon I went running by the river this morning.
+sat Big shop at Lidl, 90 euros gone.
Did the weekly shopping.
shopping took forever, half the town was there
Back from shopping, car is full.
+wed choir tonight, new Bach piece
Choir rehearsal ran late again
Just back from choir.
I sang terribly at choir today.
+thu Pub quiz! We came third.
Lost the pub quiz by one point.
quiz night with the guys
Pub quiz again, our team name is embarrassing.
+sun Called mum, she is fine.
Long call with mum about the garden.
talked to mum on the phone for an hour
Mum called while I was cooking.
+tue Yoga was great today.
did yoga after work
Skipped dinner for yoga.
My back hurts from yoga.
+fri We had pizza for dinner.
pizza night with the kids
Ordered pizza again, Leo wanted anchovies
Homemade pizza today, burnt the edges.
+mon Migraine again, stayed in bed till noon.
Woke up with a migraine.
another migraine today, third this month
The migraine is back.
+wed Took Mia to her swimming lesson.
Mia had swimming today, she can dive now.
swimming with Mia, forgot the towel
Mia's swimming teacher says she is ready for bronze.
+fri Deployed the release, nothing broke.
Release day, two rollbacks.
Shipped the release at 5, as ever.
The release went out smoothly.
+thu Therapy was intense.
Had therapy today, talked about dad.
therapy session over video this time
Came out of therapy exhausted.
+sun Baked bread this morning.
My bread did not rise today
Sourdough bread turned out great.
I baked two loaves of bread.
+tue Physio for my knee today.
The physio gave me new exercises.
physio hurt like hell
Just had physio, knee feels better.
+sat Football with the boys, won 3-2.
Played football in the rain.
football today, twisted my ankle
We lost at football, I was in goal.
+mon Therapy dog visited the ward.
The dog visit made the ward smile.
dog visit on the ward today
Patients loved the dog on the ward.
+wed Guitar lesson, finally got the F chord.
My guitar teacher was ill but we did it online.
guitar practice with Rob tonight
Guitar lesson today, fingers sore.
+first Paid the rent.
Rent is gone, account is empty.
transferred the rent today
Rent day, ouch.
+first Inventory count took until nine.
We did the inventory today.
inventory day, all hands
Finished the inventory with Sara.
+first Book club met at Ana's, we read Beloved.
book club was loud and fun
Hosted book club, ran out of wine.
Book club hated this one.
+thu Had sushi with Kim at lunch.
Lunch with Kim, sushi as always.
sushi lunch, Kim paid
Kim and I tried the new sushi place.
+tue The backup failed again.
Backup job failed at 3 am.
backup failed, disk full
Another failed backup, I restarted it by hand.
+fri Beers with the team after work.
Team drinks at Molly's, way too many beers.
had a few beers with the team
Beers again, I was home at one.
+sun Went to church with grandpa.
Church was full today.
church this morning, grandpa sang loudest
After church we had lunch at grandpa's.
+sat Cleaned the whole flat.
cleaning day, bathroom shines
I cleaned all morning.
Spent the day cleaning, found my ring.
+mon War heute beim Yoga.
Yoga war anstrengend.
Nach dem Yoga war ich müde.
Heute wieder Yoga gemacht.
+wed Heute war Chorprobe.
Die Chorprobe hat lange gedauert.
Chorprobe war super.
War bei der Chorprobe.
+sat Fui al mercado esta mañana.
El mercado estaba lleno.
Compré fruta en el mercado.
Hoy mercado con mi madre.
+tue J'ai fait du yoga ce soir.
Le yoga était dur.
Encore du yoga aujourd'hui.
Séance de yoga avec Claire.
+sun Am fost la biserică.
Biserica a fost plină.
Azi am fost la biserică cu bunica.
La biserică a cântat corul.
+thu Gym before work, legs.
Leg day at the gym.
gym was packed
Did an hour at the gym.
+mon Gave the plants water, the fern is dying.
Watered the plants.
Plants got their water.
watering the plants took ages
+fri Watched a movie with Jo.
Movie night, Jo fell asleep.
We watched an old movie with Bogart.
movie with Jo and popcorn
+tue Had my German class, dative is evil.
German class was online today.
my german class did a test
German class again, new teacher.
+wed One on one with Dana, she wants the report sooner.
My one on one with Dana was short.
Met Dana for our one on one.
one on one with Dana got moved to the canteen
+sat Hiked up to the hut with the dog.
We hiked along the lake.
great hike today, 14 km
Hiking in the fog, saw nothing.
+thu Bin night, forgot the paper.
Took the bins out.
put the bins out in my pyjamas
The bins are out.
+first Donated blood plasma.
plasma donation went fine
Went to donate plasma.
Gave plasma, got a cookie.
+sun Meal prep for the week, chili this time.
Did my meal prep.
meal prep: curry and rice
Spent two hours on meal prep.
+tue Played chess with Omar and lost.
Chess at the cafe, a draw.
Omar beat me at chess.
chess with Omar, finally won
+fri Team lead sync was boring.
The sync with the leads took two hours.
lead sync again
Sync with team leads, decided nothing.
-days I went running by the river this morning.
Ran 5 km before work.
Went for a run again.
My morning run was hard today.
-days Had pizza for dinner.
pizza night
-days Yoga was great today.
did yoga after work
-days Called mum, she is fine.
-days The backup failed again.
Backup job failed at 3 am.
-mon I had soup for lunch.
I had a nap after lunch.
The lunch lady smiled.
Too tired for lunch.
-mon What a day.
What a long day.
That was a good day.
Not my day.
-mon Hello there!
hi
Hey, how are you?
good morning
-mon Thanks, that helped.
Thank you!
thx a lot
Thanks again
-mon Can you help me with the report?
Could you check this report?
Is the report done?
Who reads the report?
-mon It rained all day.
The bus was late.
My boss is ill.
New neighbours moved in.
-mon I should really go to the gym.
I'll go to the gym tomorrow.
Should I join a gym?
gym would be good for me
-mon I didn't run today.
No run today, too cold.
Skipped my run.
not running this week
-tue Lost my keys.
The sink is clogged.
Found a great recipe.
My tooth hurts.
-wed Ok.
ok thanks
okay!
Sounds good.
-thu Explain recursion to me.
Explain closures to me.
Explain monads please.
explain pointers to me
-fri Write me a poem about the sea.
Write a poem about rust.
write me an email to my boss
Write a haiku.
-sat Feeling good today.
I feel tired.
feeling sick
Feeling okay, I guess.
-sun Nothing special today.
nothing happened
Nothing new here.
Not much to say.
-mon The weather is nice.
weather is awful
What is the weather like?
The weather changed.
-days Migraine again.
Woke up with a migraine.
-days Church with grandpa.
Went to church.
-days Guitar lesson today.
guitar practice
-days Heute war Chorprobe.
Chorprobe war super.
-days Fui al mercado.
El mercado estaba lleno.
-tue Tom wants to run for mayor.
The run on the bank was bad.
My nose runs.
The tests run slowly.
-wed Fixed a bug in the parser.
Read a paper about bugs in clover.
The hotel had bugs.
It bugs me that he is late.
-thu I think so.
I think it is wrong.
I thought about it.
think I lost it
-fri I need a new laptop.
Need to buy milk.
I need a break.
needed a doctor
-sat She said no.
He said yes.
They said maybe.
nobody said anything
-mon Next step?
What is next?
next question please
Next one.
-tue Let's continue.
continue please
Continue with part two.
Please continue.
-wed Test
testing
test 123
just a test
-first The moon was bright.
A letter came.
The lift broke.
Our cat ran off.
-first Good morning!
good morning
Morning!
Good morning to you
-sun Is it Monday tomorrow?
Tomorrow is Monday again.
I hate Mondays.
Sunday blues.
-fri Finally Friday!
friday!!!
TGIF
Happy Friday
-mon Translate this to German.
Translate it to French.
translate please
Can you translate that?
-thu My code does not compile.
compile error again, line 40
why does it not compile
Error in line 12.
-days Paid the rent.
Rent is gone.
-days Cleaned the whole flat.
cleaning day
-days Physio for my knee.
The physio was kind.
-days We hiked along the lake.
great hike
-days Played chess with Omar.
Chess at the cafe.
`),
};
