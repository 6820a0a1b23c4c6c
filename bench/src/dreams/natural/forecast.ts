/** What people say of days ahead, and what only sounds like it; said on Sunday 15 November 2026. */
import { type NaturalSet, naturalCases } from '../natural-set.ts';

export const forecast: NaturalSet = {
  strategy: 'forecast',
  days: [6],
  cases: naturalCases(`
+2026-12-03 I have a dentist appointment on 3 December 2026.
+2026-11-24 dentist is tuesday the 24th at half past 3, dont let me forget
+2026-11-27 Sprint demo is next Friday the 27th, I still need slides.
+2026-11-30 My rent contract ends on 30 November.
+2026-12-12 Emma's school concert is December 12th, she plays the recorder
+2026-12-01 We're launching the new checkout on Dec 1.
+2026-11-26 flight to Porto leaves Nov 26 at 6:40, alarm at 3 ugh
+2026-12-18 Last day of school before Christmas is 18 December.
+2026-12-05 My sister gets married on December 5, 2026 in Ghent.
+2026-11-25 Parents' evening on 25 Nov, both of us should be there.
+2026-12-15 Term paper due December 15, haven't started lol
+2027-01-11 My maternity leave starts on January 11, 2027.
+2026-12-09 The technician will come on 9 December between 8 and 12.
+2026-11-28 Got two tickets for the derby on November 28!
+2026-12-02 Your replacement router should arrive by December 2.
+2026-11-23 I'm seeing the landlord on 23 November about the mould.
+2027-02-01 New job starts 1 February 2027, so excited
+2026-12-21 Mum arrives on the 21st of December and stays two weeks.
+2026-11-29 It's grandma's 80th on 29 November, we need a present.
+2026-12-10 Ich habe am 10. Dezember 2026 einen Termin beim Zahnarzt.
+2026-12-04 Am 4. Dezember fliegen wir nach Lissabon.
+2026-12-07 J'ai rendez-vous chez le dentiste le 7 décembre 2026.
+2026-12-20 Nous partons en vacances le 20 décembre.
+2026-12-14 Tengo cita con el médico el 14 de diciembre.
+2026-12-22 El 22 de diciembre viajamos a Sevilla.
+2026-12-08 Am programare la dentist pe 8 decembrie 2026.
+2026-12-19 Pe 19 decembrie plecăm la munte.
+2026-11-23 @1 the plumber's coming monday morning so someone has to be home
+2026-11-22 @1 My in-laws are staying with us from Sunday.
+2026-11-26 @1 Physics midterm is on Thursday and I know nothing.
+2026-11-24 @1 remind me to pay the electricity bill on Tuesday
+2026-12-01 The insurance runs out on 1 December.
+2026-11-30 Passport has to be picked up before the end of November 30.
+2026-12-06 Half marathon on 6 December, training plan is a joke so far
+2026-12-11 Release freeze begins 11 December, no merges after that.
+2026-12-17 I take my driving test on 17 December.
+2027-03-15 The lease on the car is up on 15 March 2027.
+2026-12-13 We've got the christening on Sunday 13 December at noon.
+2026-11-25 kita is closed on wednesday 25 november, team day
+2026-12-16 Surgery for dad's knee has been scheduled for December 16.
+2026-12-23 Coming home 23 Dec, can you pick me up from the station?
+2026-11-27 My free trial expires on November 27.
+2027-01-20 Council votes on our permit on 20 January 2027.
+2026-12-04 @1 Two weeks from today we get the keys to the flat!
- On 3 December 1998 my brother was born in a taxi.
- I was at the dentist on 3 November.
- Did the dentist say anything about 3 December?
- If I pass on 12 December I'll throw a party.
- The store is closed on Sundays, always was.
- I had an exam last Friday and it went terribly.
- Every good story happens on a Friday, my gran used to say.
- We might go skiing around 20 December, not sure yet.
- He was supposed to call me on Friday.
- I wish we could go to Rome on 1 December.
- The minutes of 24 November 2025 are in the shared folder.
- My order from 2 November still has not shipped.
- It's not on 4 December, that was a typo.
- I don't have any meetings on Thursday.
- Who is coming on 28 November?
- The invoice is dated 30 November 2025.
- According to the article, the war ended on 11 November 1918.
- She told me about her flight on 26 October.
- Could be that the parcel comes on Tuesday.
- I'd love to see the lights in December some time.
- Maybe we'll repaint the kitchen next spring.
- Every Christmas is the same in our family.
- In March we were still living with my parents.
- Not coming on Friday, sorry!
- I no longer have the appointment on 9 December.
- Unless it rains on Saturday we never stay in.
- Happy birthday for last Tuesday!
- Our version 12.12 was a disaster.
- Friday is my favourite day of the week.
- The film Friday the 13th scared me to death.
- May I ask you something?
- I will march with them whatever you say.
- Thursday's meeting was a waste of time.
- We used to meet on 5 December every year.
- My old contract ended on 31 October.
- Tickets for 28 November were sold out, so no luck.
- @1 Yesterday I told Tom about the thing on Monday.
- Am 3. November war ich beim Zahnarzt.
- Wenn es am 5. Dezember regnet, bleiben wir daheim.
- Le 7 novembre j'étais malade.
- Est-ce que tu viens le 20 décembre ?
- El 2 de noviembre fui al médico.
- No tengo cita el 14 de diciembre.
- Pe 8 noiembrie am fost la dentist.
- Poate mergem la munte pe 19 decembrie.
- What would you do on 1 December with no money?
- Wouldn't it be nice to be in Lisbon on Friday?
- They never deliver on Mondays.
`),
};
