/** Texts of the planted case of `compress`, written for it; `{slots}` are filled by chance. */

export interface Topic {
  readonly name: string;
  readonly lines: readonly string[];
}

export const people = ['Amara', 'Bastian', 'Chiara', 'Dmitri', 'Esther', 'Farid', 'Greta', 'Hugo'];
export const places = ['Lisbon', 'Kyoto', 'Oslo', 'Tbilisi', 'Quito', 'Dakar', 'Perth', 'Graz'];
export const days = ['3 March', '14 April', '22 May', '9 June', '17 July', '28 February'];

export const chatter = [
  'Hi, good to hear from you! How have you been?',
  'Thanks so much, you are the best.',
  'Have a great evening, talk to you soon!',
  'Ha, that made me laugh out loud.',
  'No worries at all, whenever it suits you.',
  'Sorry, I was away from my desk for a moment.',
];

export const turnTopics: readonly Topic[] = [
  {
    name: 'kitchen',
    lines: [
      'We are finally renovating the kitchen. The cabinets come from a carpenter in {place}.',
      'What will the new kitchen cost you?',
      'The carpenter wants {number} euros for the cabinets, and the oak worktop is extra.',
      'Did you decide on a stove already?',
      'An induction stove. The electrician {person} lays the cable for it on {day}.',
      'And where do you cook while the kitchen is torn out?',
      'On a camping stove in the cellar, next to the old cabinets.',
    ],
  },
  {
    name: 'marathon',
    lines: [
      'I signed up for the marathon in {place}. My start number is {number}.',
      'Wow, how far do you run in training these days?',
      'Long runs of 28 kilometres on Sundays, with intervals on the track in between.',
      'Who is your running coach?',
      '{person} coaches me. She ran the marathon herself three times.',
      'Is your knee holding up after all those kilometres?',
      'The knee hurt after the half marathon on {day}, so I bought softer running shoes.',
    ],
  },
  {
    name: 'puppy',
    lines: [
      'We adopted a puppy from the shelter! A small brown terrier.',
      'How lovely, what is the name of the puppy?',
      'The kids named the terrier {person}, after their grandmother.',
      'Is it vaccinated yet?',
      'The vet vaccinates the puppy on {day}. The shelter asked for {number} euros.',
      'Does the dog sleep through the night?',
      'The terrier whimpers in its basket, and it chewed up a leather shoe.',
    ],
  },
  {
    name: 'job',
    lines: [
      'I had the job interview at the shipping company in {place}.',
      'How did the interview go, did they like your portfolio?',
      'The manager {person} asked about salary, and I said {number} thousand.',
      'When do they decide about the position?',
      'They send the contract by {day}, or a rejection letter.',
      'Would you have to move for the position?',
      'Two days in the office, the rest of the work from home.',
    ],
  },
  {
    name: 'garden',
    lines: [
      'The tomatoes in my garden are rotting, and slugs eat the lettuce.',
      'Did you plant the tomatoes too early?',
      'I sowed them on {day} in the greenhouse, {number} seedlings in all.',
      'What do you use against the slugs?',
      '{person} gave me copper tape for the beds, and I pick slugs at night.',
      'And how are the beans and the pumpkins doing?',
      'The pumpkins climb over the compost, the beans need more water.',
    ],
  },
  {
    name: 'band',
    lines: [
      'Our band got a gig! We play at a jazz club in {place}.',
      'Which instruments are in the band now?',
      'Saxophone, double bass, and {person} on the drums since our drummer left.',
      'How many songs can you play by the concert?',
      'Nine songs, and we rehearse the saxophone solos until {day}.',
      'Do you sell tickets for the concert?',
      'The club sells {number} tickets, and we get half of the door.',
    ],
  },
  {
    name: 'surgery',
    lines: [
      'My father needs a hip operation, the hospital called.',
      'Oh no. Which hospital does the operation?',
      'The orthopaedic clinic in {place}, doctor {person} is the surgeon.',
      'When is the surgery?',
      'On {day}. Afterwards three weeks of rehabilitation with crutches.',
      'Does his insurance pay for the rehabilitation?',
      'All but {number} euros for the single room in the clinic.',
    ],
  },
  {
    name: 'thesis',
    lines: [
      'I handed in a chapter of my thesis on glacier meltwater.',
      'What did your supervisor say about the chapter?',
      'Professor {person} wants more data from the glacier stations near {place}.',
      'How many samples do you have?',
      'I have {number} water samples, and the isotope lab is slow.',
      'When is the deadline of the thesis?',
      'The faculty wants the thesis by {day}, with the isotope figures.',
    ],
  },
];

export const noteTopics: readonly Topic[] = [
  {
    name: 'boiler',
    lines: [
      'The boiler in the cellar loses pressure, the heating stays cold.',
      'Boiler: {person} from the heating company looks at the pressure valve on {day}.',
      'The pressure valve of the boiler costs {number} euros, ordered for the heating.',
      'New valve in the boiler, the heating holds its pressure now.',
    ],
  },
  {
    name: 'visa',
    lines: [
      'The visa form for the trip to {place} asks for a bank statement.',
      'Visa appointment at the consulate on {day}, bring passport photos and the bank statement.',
      'The consulate wants the visa fee of {number} euros in cash.',
      'Passport with the visa came back from the consulate by post.',
    ],
  },
  {
    name: 'invoice',
    lines: [
      'Invoice {number} of the printing office for the brochures is wrong.',
      'Called {person} at the printing office about the brochure invoice.',
      'The printing office sends a corrected invoice for the brochures by {day}.',
      'Corrected brochure invoice from the printing office is paid.',
    ],
  },
  {
    name: 'choir',
    lines: [
      'Choir rehearsal moved to the parish hall, the requiem needs more tenors.',
      'The choir sings the requiem on {day}, rehearsal with orchestra before.',
      '{person} takes the soprano solo of the requiem in the choir.',
      'The parish printed {number} programmes for the requiem of the choir.',
    ],
  },
];
