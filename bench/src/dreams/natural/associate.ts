/** Memories of different days that belong together, and that only share a word. */
import { type NaturalSet, naturalCases } from '../natural-set.ts';

export const associate: NaturalSet = {
  strategy: 'associate',
  days: [60, 20, 5],
  cases: naturalCases(`
+same Dr Petrescu looked at my knee today.
Dr Petrescu wants to see me again.
+same I met Svetlana at the conference in Ghent.
Got a long mail from Svetlana.
+same We had dinner at Osteria Lucia.
Osteria Lucia lost its star.
+same The Bosch dishwasher leaks.
They will replace the Bosch under warranty.
+same Kowalski Transport moved our piano.
Kowalski Transport sent the wrong invoice.
+same Found a flat in Ljubljana.
My cousin studied in Ljubljana.
+same My colleague Thandiwe plays the harp.
Thandiwe invited us to a concert.
+same We spent a day in Trondheim.
The cheese is from Trondheim.
+same Bought a Leica from a retired photographer.
The Leica needs a new shutter.
+same Professor Yamamoto cancelled the seminar.
Professor Yamamoto likes my topic.
+same I am reading Middlemarch.
Our book club picked Middlemarch.
+same Jolanda borrowed my ladder.
Jolanda fell off my ladder!
+same Ich habe Frau Brunnhuber getroffen.
Frau Brunnhuber zieht weg.
+same J'ai vu Delphine au marché.
Delphine cherche un appartement.
+same Vi a Leocadia en la estación.
Leocadia trabaja en el hospital.
+same Am vorbit cu Ruxandra.
Ruxandra pleacă la Cluj.
+contradicts I like the new office layout.
I do not like the new office layout.
+contradicts My landlord allows dogs.
My landlord doesn't allow dogs.
+contradicts I love rhubarb cake.
I hate rhubarb cake.
+contradicts The gate opens on the left.
The gate does not open on the left.
+contradicts The warranty covers the battery.
the warranty doesn't cover the battery
+contradicts I enjoy teaching the beginners.
I don't enjoy teaching beginners.
+contradicts Our insurance pays for the crown.
Our insurance does not pay for the crown.
+contradicts The heater works with the timer.
The heater never works with the timer.
+contradicts Grandpa eats mushrooms.
Grandpa never eats mushrooms.
+contradicts You can bring a cello on the ferry.
You cannot bring a cello on the ferry.
+continues I applied for the ranger job in the park.
Update on the ranger job: they invited me.
+continues We planted a quince tree behind the shed.
As I told you we planted a quince, and it has flowers now.
+continues My thesis about lichens is stuck.
Good news about the lichens thesis, I finished chapter two.
+continues The mediation with the neighbours about the hedge starts.
It turned out the hedge is ours, mediation over.
+continues Someone dented my Saab in the garage.
Update: the garage camera shows who dented the Saab.
+continues I lost the amber ring at the pool.
Remember the amber ring? Found it in my shoe.
+continues I opened a ticket about the export timeout.
Following up on the export timeout ticket, still nothing.
+continues Our kiln exploded during the glaze firing.
About the kiln: the insurance pays for the glaze damage.
+causes The basement was flooded by a burst pipe.
I missed the exam because of the burst pipe in the basement.
+causes The harbour strike began today.
Our containers are late due to the harbour strike.
+causes A marten chewed the brake cable.
I came by bus because the marten chewed the cable.
+causes The baler lost a bearing.
The hay is wet because of the broken bearing on the baler.
+causes Hail broke the greenhouse roof.
The tomatoes died because of the hail in the greenhouse.
+causes Our migration locked the invoices table.
Checkout was down due to the locked invoices table.
- I bought apples at the market.
The stock market fell.
- Tom came late.
Tom came early.
- We watched a film.
The lens has a film of dust.
- I live in Paris.
Paris Hilton was on TV.
- The bank was closed.
We sat on the river bank.
- My sister called.
Your sister is nice.
- I like tea.
I like trains.
- I don't like rain.
I like snow.
- Good morning!
A good morning to you.
- The kettle is broken.
Bought a kettle for mum.
- Is the pool open?
The pool was open.
- I love mustard.
My brother hates mustard.
- [Ann] I eat oysters.
[Ben] I don't eat oysters.
- The train was not late.
The train was late.
- I was not tired yesterday.
I was tired today.
- Call me back.
I hurt my back.
- Will you come?
Will is my brother.
- May is warm.
My aunt May is cold.
- Update your profile.
Update on nothing.
- I have a cold.
It is cold.
- The soup has no salt.
The sea has salt.
- Great, thanks.
That is great.
- My code has a bug.
A bug sat on my arm.
- I turned left.
I left early.
- Maybe I like jazz.
I don't like jazz.
- Do you like the tent?
I don't like the tent.
- Because I said so.
He said so.
- The lamp is off.
I am off.
- I had eggs.
I had no eggs.
- I won the match.
Lit a match.
- Our desk is oak.
The oak fell.
- Ich mag Käse.
Mein Bruder mag Wurst.
- J'ai faim.
Je n'ai pas soif.
- Tengo frío.
Hace frío.
- Am o soră.
Sora ta e aici.
- Send the file.
A nail file, please.
- I read the news.
No news today.
- The kids slept.
The kids did not sleep.
- Not again.
Again and again.
- It's June already.
June sent me a card.
`),
};
