/** Things that are told twice, which one sentence could tell; and things that only look alike. */
import { type NaturalSet, naturalCases } from '../natural-set.ts';

export const synthesize: NaturalSet = {
  strategy: 'synthesize',
  days: [90, 40, 5],
  cases: naturalCases(`
+ fact The user prefers window seats on flights.
fact User prefers a window seat when flying.
+ fact Mia is allergic to peanuts.
fact Mia has a peanut allergy.
+ fact The user works as a nurse.
fact The user is a nurse at St Mary's.
+ fact Deploys happen on Tuesdays.
fact Deploys happen on Tuesdays at 10 am.
+ fact The user lives in Hamburg.
fact The user lives in Hamburg near the harbour.
+ I'm allergic to shellfish.
I am allergic to shellfish, remember?
As I said, I'm allergic to shellfish.
+ I live in Graz.
I live in Graz, not Vienna.
+ My dog is called Rex.
Our dog's name is Rex.
+ I work for Orvane.
I work at Orvane in accounting.
+ My favourite colour is teal.
teal is my favourite colour
+ I'm vegetarian.
I am a vegetarian, no meat please.
+ fact Staging database runs Postgres 16 on port 5433.
fact The staging database is backed up at 2 am.
+ fact The customer uses the Android app.
fact The customer uses the Android app on a tablet.
+ fact Ben drinks oat milk.
fact Ben only drinks oat milk in his coffee.
+ fact Project Kestrel is written in Go.
fact Project Kestrel is written in Go and deployed on Nomad.
+ fact Lena plays the cello.
fact Lena plays the cello in the youth orchestra.
+ My phone number is 0151 2345678.
You can call me, my number is 0151 2345678.
+ My birthday is on 4 May.
I was born on 4 May.
+ fact The office wifi is called Fjord.
fact Office wifi: Fjord.
+ fact Invoices are sent on the first of the month.
fact Invoices are sent by email on the first of each month.
+ I have two kids, Mia and Leo.
my two kids Mia and Leo go to school in Gries
+ I drive a Skoda.
I drive a red Skoda Fabia.
+ fact Grandma lives in Bergen.
fact Grandma lives in a yellow house in Bergen.
+ fact User speaks German and English.
fact The user speaks English, German and a little Dutch.
+ I'm a teacher.
I work as a teacher at a primary school.
+ Ich wohne in Köln.
Ich wohne in Köln am Rhein.
+ fact Der Kunde zahlt per Rechnung.
fact Der Kunde zahlt per Rechnung, 30 Tage.
+ J'habite à Lyon.
J'habite à Lyon depuis dix ans.
+ Vivo en Sevilla.
Vivo en Sevilla con mi hermana.
+ fact Clientul folosește varianta gratuită.
fact Clientul folosește varianta gratuită din mai.
+ fact The boiler is from 2009.
fact The boiler is a Vaillant from 2009.
+ fact Tom's boss is Claudia.
fact Tom's boss is Claudia Meier.
+ fact API keys rotate every 90 days.
fact All API keys rotate every 90 days, reminders go to ops.
+ fact The user has a herniated disc.
fact The user has had a herniated disc since 2021.
+ fact Team meetings are held in English.
fact Team meetings are held in English on Zoom.
+ fact The cat is diabetic.
fact The cat is diabetic and needs insulin twice a day.
+ fact Ann's flat has three rooms.
fact Ann's flat has three rooms and a balcony.
+ fact The warehouse opens at 6.
fact The warehouse opens at 6 on weekdays.
+ My email is ann@example.org.
my email address is ann@example.org
+ fact The user takes metformin.
fact The user takes metformin 500 mg with breakfast.
- fact Mia is allergic to peanuts.
fact Leo is allergic to cats.
- fact The user likes jazz.
fact The user likes trains.
- fact Staging runs Postgres 16.
fact Production runs Postgres 14.
- fact The Berlin office opens at 8.
fact The Paris office opens at 9.
- I went to the market.
I went to the museum.
- I had pizza.
I had pizza again.
- What is my favourite colour?
What was my favourite colour again?
- ok thanks
thanks, ok
- fact Tom's boss is Claudia.
fact Claudia's boss is Tom.
- fact Ben drinks oat milk.
fact Ben does not drink oat milk.
- fact The meeting is on Monday.
fact The meeting is on Tuesday.
- fact Mia plays the cello.
fact Mia plays the flute.
- fact Order 4411 was refunded.
fact Order 4412 was refunded.
- fact Invoice 17 is open.
fact Invoice 18 is open.
- fact Lena lives in Bern.
fact Lea lives in Bern.
- I love the sea.
The sea was cold today.
- fact The user lived in Rome in 2010.
fact The user lives in Graz.
- fact Ticket A-12: login fails on iOS.
fact Ticket B-31: login fails on Android.
- I'm tired today.
I'm tired, good night.
- I live in Graz.
My sister lives in Graz.
- fact Anna Berger works at Siemens.
fact Anna Huber works at Siemens.
- fact The red car belongs to Tom.
fact The blue car belongs to Tom.
- fact Flight LH 123 leaves at 7.
fact Flight LH 321 leaves at 7.
- fact Kestrel is written in Go.
fact Kestrel is not written in Rust.
- fact Sales rose by 4 percent in May.
fact Sales rose by 6 percent in June.
- fact The user wants to learn Spanish.
fact The user speaks French.
- fact Max is the cat of Ida.
fact Max is the brother of Ida.
- fact The bridge is closed on Monday.
fact The tunnel is closed on Monday.
- fact Room 4 has a projector.
fact Room 5 has a projector.
- Write a poem about the sea.
Write a poem about the sea and the moon.
- Explain recursion.
Explain recursion again.
- fact The password of the router is kiwi.
fact The password of the printer is plum.
- fact Tom asked for a refund.
fact Tom got a refund.
- fact Rain is expected on Friday.
fact Rain fell on Friday.
- fact The gym costs 30 euros.
fact The gym costs 35 euros with sauna.
- fact Plan A includes 5 seats.
fact Plan B includes 10 seats.
- fact Jan speaks Dutch.
fact January sales are in the Dutch report.
- fact Sarah teaches at the school in Gries.
fact Sarah's son goes to the school in Gries.
- fact The dentist is in Main Street.
fact The baker is in Main Street.
- Good morning!
good morning
`),
};
