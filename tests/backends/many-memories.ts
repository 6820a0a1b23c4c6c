/** Memories that are alike enough for a search to have a choice, the same in every run. */

const people = ['Ann', 'Bob', 'Carla', 'David', 'Emma', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas'];
const deeds = [
  'planted a cherry tree behind the house',
  'sold the old sailing boat',
  'took up pottery to relax after work',
  'moved to the coast with two dogs',
  'plays the violin in a youth orchestra',
  'wrote the quarterly report on a Sunday',
  'repaired the blue bicycle of a neighbour',
  'cooked lentil soup for the whole street',
  'lost the keys of the workshop',
  'learns a new language with a teacher',
  'painted the kitchen yellow',
  'broke a leg while skiing',
  'found a wallet on the train',
  'keeps bees on the roof',
  'wants to become a doctor',
  'forgot the birthday of a friend',
];
const places = ['Lisbon', 'Porto', 'Oslo', 'Graz', 'Lyon', 'Bergen', 'Ghent', 'Turin', 'Cork'];
const times = ['in spring', 'last winter', 'on a Friday', 'years ago', 'this week', 'in March'];

export interface ManyMemory {
  readonly value: string;
  readonly tags: readonly string[];
}

export function manyMemories(count: number): ManyMemory[] {
  return Array.from({ length: count }, (_, i) => {
    const who = people[(i * 3) % people.length];
    const deed = deeds[(i * 7 + Math.floor(i / 11)) % deeds.length];
    const where = places[(i * 5 + Math.floor(i / 7)) % places.length];
    const when = times[(i + Math.floor(i / 13)) % times.length];
    return {
      value: `${who} ${deed} in ${where} ${when}, as told in letter ${i}.`,
      tags: [`shelf-${i % 4}`, ...(i % 50 === 0 ? ['rare'] : [])],
    };
  });
}

const asks = [
  'Who planted a tree?',
  'sailing boat',
  'What does somebody do to relax?',
  'Who lives by the sea?',
  'music instrument',
  'report at the weekend',
  'Who mended a bike?',
  'a meal for many people',
  'Where are the keys?',
  'foreign language lessons',
  'pets',
  'an accident in the snow',
  'insects that make honey',
  'a medical career',
  'a colourful room',
  'money that was lost',
];

export const manyQuestions: readonly string[] = Array.from({ length: 96 }, (_, i) => {
  const who = i % 3 === 0 ? ` ${people[i % people.length]}` : '';
  const where = i % 5 === 0 ? ` in ${places[i % places.length]}` : '';
  return `${asks[i % asks.length]}${who}${where}`;
});
