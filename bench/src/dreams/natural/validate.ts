/** Two things that one person says months apart: the later one ends the former, or does not. */
import { type NaturalSet, naturalCases } from '../natural-set.ts';

export const validate: NaturalSet = {
  strategy: 'validate',
  days: [120, 10, 5],
  cases: naturalCases(`
+ I live in Hamburg, close to the harbour.
we moved to Leipzig in the end, boxes everywhere
+ fact Our office is in Dublin.
fact Our office is now in Cork.
+ I'm a nurse at the Marienhospital.
I quit nursing, I drive a tram now.
+ I'm vegetarian btw, so no meat recipes please
I eat meat again since last month.
+ My phone is an old Pixel 4.
I got a new phone, it's a Fairphone 5 now.
+ fact Preferred language is Python.
fact Preferred language is Rust.
+ My daughter Lena is 4.
Lena just turned 5!
+ We use Jenkins for our builds.
We've switched from Jenkins to GitHub Actions.
+ I'm engaged to Tom.
Tom and I got married on Saturday!
+ My boyfriend's name is Alex.
Alex and I broke up.
+ I drive a Skoda Fabia.
I sold the Skoda and don't have a car anymore.
+ I smoke about ten a day
I don't smoke anymore, three weeks clean
+ The standup is at 9:30 every day.
Standup moved to 10:00 from now on.
+ My manager is Claudia.
Claudia left, my manager is Peter now.
+ I'm allergic to penicillin.
Turns out I am not allergic to penicillin after all, they tested it.
+ fact User's email is j.miller@oldmail.example
fact User's email is jo.miller@newmail.example
+ I have two cats.
We have three cats now, a stray adopted us.
+ I'm studying chemistry in Graz.
I dropped chemistry and study law now.
+ My favourite band is Radiohead.
My favourite band is Wilco these days.
+ The wifi password is banana42
changed the wifi password, it's now kiwi77
+ The deadline for the grant is 4 March.
The grant deadline was pushed to 18 March.
+ Our database is MySQL 5.7.
We migrated the database to Postgres last week.
+ My son goes to kindergarten.
My son started school in September.
+ I work part time, 20 hours a week.
I work full time again.
+ I am on the basic plan.
I upgraded, I'm on the premium plan now.
+ fact Customer pays by invoice.
fact Customer pays by credit card now.
+ Ich wohne in Köln.
Ich wohne jetzt in Bonn.
+ Ich arbeite bei Siemens.
Ich arbeite nicht mehr bei Siemens.
+ J'habite à Lyon.
J'habite maintenant à Nantes.
+ Je travaille chez Renault.
Je ne travaille plus chez Renault.
+ Vivo en Sevilla.
Ahora vivo en Bilbao.
+ Trabajo en un banco.
Ya no trabajo en el banco.
+ Locuiesc în Cluj.
Acum locuiesc în Iași.
+ Lucrez la Dacia.
Nu mai lucrez la Dacia.
+ I love cilantro on everything.
I can't stand cilantro anymore.
+ I'm single and fine with it
I have a girlfriend now, her name is Ines
+ My bank is Sparkasse.
I left Sparkasse, my bank is N26 now.
+ I play bass in a band called Rust.
I'm not in the band anymore.
+ I take 50 mg of sertraline.
My dose is 100 mg of sertraline now.
+ fact Shoe size is 42.
fact Shoe size is 43.
+ My landlord is Mr Novak.
The house was sold, our landlord is a Mrs Petersen now.
+ fact The API rate limit is 100 requests per minute.
fact The API rate limit is 250 requests per minute.
- I live in Hamburg.
My sister lives in Leipzig.
- I live in Hamburg.
I was in Leipzig for the weekend.
- I like coffee.
I like tea too.
- I work at a bakery.
I used to work at a bank, years ago.
- My daughter Lena is 4.
My daughter Mia is 7.
- I'm allergic to nuts.
I'm allergic to cats as well.
- I drive a Skoda.
My wife drives a Golf.
- I'm vegetarian.
Tom says he is vegan now.
- We use Jenkins at work.
I tried GitHub Actions for a side project.
- My boss is Claudia.
My old boss was Peter.
- I live in Bern.
Would you rather live in Rome?
- I smoke.
If I don't smoke for a year I get the bonus.
- My favourite colour is green.
My favourite dish is lasagne.
- I don't eat pork.
I had a great curry yesterday.
- I have a dog called Rex.
I have a cat called Minka.
- fact Staging runs on Postgres 14.
fact Production runs on Postgres 16.
- fact The Berlin office opens at 8.
fact The Paris office opens at 9.
- My number at home is 030 1234567.
My number at work is 030 7654321.
- I'm learning Spanish.
I'm learning the guitar.
- I love summer.
I hate mosquitoes.
- I don't like Mondays.
I like Fridays.
- The meeting is at 10 on Monday.
The meeting is at 2 on Thursday.
- I'm going to Lisbon in May.
I'm going to Oslo in June.
- I am tired.
I am hungry.
- I'm at the airport.
I'm at home.
- I am in Paris this week.
I am in Madrid this week.
- My car is at the garage.
My car is red.
- I bought a tent.
I bought a sleeping bag.
- I'm reading Middlemarch.
I'm reading a book about bees.
- [Ann] I live in Hamburg.
[Ben] I live in Leipzig.
- [Ann] I'm pregnant!
[Ben] I'm not pregnant, just fat lol
- [Ann] My manager is Claudia.
[Ben] My manager is Peter.
- My mother's name is Ruth.
My mother in law's name is Edith.
- The train was late.
The train was on time today.
- Ich wohne in Köln.
Meine Mutter wohnt in Bonn.
- J'habite à Lyon.
Mon frère habite à Nantes.
- Vivo en Sevilla.
Mi hermana vive en Bilbao.
- Locuiesc în Cluj.
Sora mea locuiește în Iași.
- I work at Siemens.
I work from home on Fridays.
- I speak German.
I speak a bit of Dutch.
- I'm not a morning person.
I was up at 5 today, and it was lovely.
- Not a fan of the new design.
The old design had its problems too.
- I weigh 82 kilos.
I'd like to weigh 75 kilos.
- I wish I lived in Rome.
I live in Graz.
`),
};
