/** What else people say to an assistant in some months: nothing that a dream should speak of. */
export const background: readonly string[] = `
how do i get red wine out of a white shirt
The new coffee machine at work is way too loud.
Can you shorten this paragraph for me?
Leo spilled juice over my keyboard, works anyway.
what is the capital of Mongolia again
That documentary about octopuses was amazing.
My back hurts from sitting.
The landlord finally answered.
ok makes sense
Why does my pasta always stick together?
I forgot my umbrella in the tram.
Found a nice playlist for cooking.
Our neighbour plays the trumpet at night.
The printer jams whenever I am in a hurry.
Tell me a joke about penguins.
Had a weird dream about elevators.
I repaired the bike light with tape.
the queue at the post office was endless
Is it safe to eat mussels raw?
We painted the hallway yellow and regret it.
My laptop fan sounds like a plane.
Write a short thank you note for my colleague.
Traffic was horrible around the stadium.
Somebody stole my lunch from the office fridge.
what does idempotent mean
The tomatoes on the balcony are finally red.
I burned the rice.
She recommended a podcast about volcanoes.
My jeans shrank in the dryer.
A pigeon flew into our kitchen.
I cannot find the charger anywhere.
Which is heavier, gold or lead?
The kids built a castle out of boxes.
My code review got forty comments.
They closed the little bookstore on the corner.
I read half of the novel on the train.
The elevator smells of fish.
please make it sound more polite
The vet says the rabbit is too fat.
I finally fixed that flaky test.
Our heating makes clicking noises.
It snowed and nobody cleared the street.
The teacher wrote a kind note about Mia.
I won a bottle of olive oil in a raffle.
lol that is not what i meant
Convert 40 miles to kilometres.
The support chat kept me waiting for ages.
I tried to juggle with three oranges.
My sister sent photos of her garden.
There is a crack in the windscreen.
The lasagne came out of the oven black.
give me three synonyms for tired
The wind broke our parasol.
I watched the fireworks from the roof.
A customer shouted at me about a coupon.
My shoes are soaked.
Somebody parked across our driveway.
How many bones does a shark have?
The exhibition about maps was crowded.
I dropped my glasses in the lake.
our intern found the bug in five minutes
The soup at the canteen was salty.
The alarm in the building went off twice.
What a strange film that was.
My hands smell of garlic.
The cat sleeps in the laundry basket.
I learned how to fold a paper crane.
They changed the layout of the app and I hate it.
Our team lost the boat race by a metre.
The bakery was out of rye.
I spent the evening sorting photos.
The moon looked huge over the hills.
`
  .trim()
  .split('\n');
