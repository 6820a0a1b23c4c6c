/** Facts that a later fact says again, richer; or that it only resembles. */
import { type NaturalSet, naturalCases } from '../natural-set.ts';

export const evolve: NaturalSet = {
  strategy: 'evolve',
  days: [90, 10, 5],
  cases: naturalCases(`
+ fact The user lives in Hamburg.
fact The user lives in Hamburg, Germany.
+ fact Rex is a dog.
fact Rex is a dog from the shelter.
+ fact Mia is 7.
fact Mia is 7 years old.
+ fact Ben works at Siemens.
fact Ben works at Siemens as an engineer.
+ fact User prefers tea.
fact User prefers green tea.
+ fact Lena plays the cello.
fact Lena plays the cello in an orchestra.
+ fact Deploys happen on Tuesdays.
fact Deploys happen on Tuesdays at 10.
+ fact The backup runs at night.
fact The backup runs at night and takes two hours.
+ fact Tom's boss is Claudia.
fact Tom's boss is Claudia Meier.
+ fact The customer uses Android.
fact The customer uses Android 15.
+ fact The boiler is from 2009.
fact The boiler is from 2009 and needs service.
+ fact Ann has two cats.
fact Ann has two cats, Minka and Tiger.
+ fact Kestrel is written in Go.
fact Project Kestrel is written in Go.
+ fact The user takes metformin.
fact The user takes metformin twice a day.
+ fact Invoices go to accounting.
fact Invoices go to accounting by email.
+ fact Grandma lives in Bergen.
fact Grandma lives in Bergen, Norway.
+ fact Leo is allergic to nuts.
fact Leo is allergic to nuts and milk.
+ fact Office hours are 9 to 5.
fact Office hours are 9 to 5 on weekdays.
+ fact The user's car is a Skoda.
fact The user's car is a Skoda Fabia.
+ fact Nora studies law.
fact Nora studies law in Graz.
+ fact The router is in the hall.
fact The router is in the hall behind the mirror.
+ fact Max speaks Dutch.
fact Max speaks Dutch and French.
+ fact The user is vegetarian.
fact The user is a vegetarian.
+ fact The user resides in Graz.
fact The user lives in Graz.
+ fact Paul's email is paul@example.org.
fact Paul's email address is paul@example.org.
+ fact The gym is closed on Sundays.
fact The gym is closed on Sundays and holidays.
+ fact Standup is at 9.
fact The standup is at 9.
+ fact Ida knits socks.
fact Ida knits socks and hats.
+ fact The printer is out of toner.
fact The printer is out of black toner.
+ fact Refunds take five days.
fact Refunds take five working days.
+ fact Der Kunde wohnt in Bonn.
fact Der Kunde wohnt in Bonn am Rhein.
+ fact Le client habite à Lyon.
fact Le client habite à Lyon, en France.
+ fact La reunión es en Sevilla.
fact La reunión es en Sevilla, en la oficina.
+ fact Clientul folosește Linux.
fact Clientul folosește Linux și Windows.
+ fact The flat has three rooms.
fact The flat has three rooms and a balcony.
+ fact The API returns JSON.
fact The API returns JSON with snake case names.
+ fact Sam collects stamps.
fact Sam collects stamps from Peru.
+ fact The choir meets on Wednesdays.
fact The choir meets on Wednesdays in the school.
+ fact Eva's birthday is 4 May.
fact Eva's birthday is on 4 May.
+ fact The warehouse opens at 6.
fact The warehouse opens at 6 am.
- fact The user likes jazz.
fact The user likes trains.
- fact Mia is 7.
fact Mia's cousin is 7.
- fact Ben works at Siemens.
fact Ben only works at Siemens if they pay.
- fact Rex is a dog.
fact Rex is no dog.
- fact Tom eats meat.
fact Tom never eats meat.
- fact The backup runs at night.
fact The backup of the old server runs at night.
- fact Invoices go to accounting.
fact Invoices no longer go to accounting.
- fact Ann has two cats.
fact Ann had two cats as a child.
- fact Room 4 has a projector.
fact Room 4 has a projector only on Mondays.
- fact The gym costs 30 euros.
fact The gym costs 35 euros.
- fact Max speaks Dutch.
fact Max's wife speaks Dutch.
- fact The user is vegetarian.
fact The user's sister is vegetarian.
- fact Leo is allergic to nuts.
fact Leo was allergic to nuts.
- fact Nora studies law.
fact Nora wants to study law.
- fact The router is in the hall.
fact The router used to be in the hall.
- fact Lena plays the cello.
fact Lena's teacher plays the cello.
- fact Refunds take five days.
fact Refunds take five days unless paid by card.
- fact The choir meets on Wednesdays.
fact The choir meets on Thursdays.
- fact Kestrel is written in Go.
fact Kestrel was nearly written in Go.
- fact The car is red.
fact The car is fast.
- fact Paul lives in Graz.
fact Paula lives in Graz.
- fact The bridge is closed.
fact The bridge is closed to trucks.
- fact Sam collects stamps.
fact Sam's father collects stamps.
- fact Plan A has 5 seats.
fact Plan B has 5 seats.
- fact The oven is broken.
fact The oven door is broken.
- fact Ida knits.
fact Ida hates people who knit.
- fact Order 4411 was refunded.
fact Order 44110 was refunded.
- fact The office is in Cork.
fact The new office is in Cork.
- fact Eva's birthday is 4 May.
fact Eva's birthday party is 4 May.
- fact The API returns JSON.
fact The API returns JSON or XML.
- fact The user drinks coffee.
fact The user drinks decaf coffee in the evening only.
- fact The dog bites.
fact The dog bites the postman.
- fact Jo is in Rome.
fact Jo is in Rome, Georgia.
- fact The flat has three rooms.
fact The flat above has three rooms.
- fact Tom asked for a refund.
fact Tom got a refund.
- fact Version 2 supports export.
fact Version 3 supports export.
- fact Deploys happen on Tuesdays.
fact Do deploys happen on Tuesdays?
- fact The boiler is from 2009.
fact If the boiler is from 2009 it needs service.
- fact Grandma lives in Bergen.
fact Grandma said she lives in Bergen but means Oslo.
- fact The printer is out of toner.
fact The printer is not out of toner.
- fact Max trusts Ida.
fact Ida trusts Max.
`),
};
