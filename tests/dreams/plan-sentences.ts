/** Sentences said on Saturday, 31 October 2026: what is planned in them, and what is not. */

/** Written after the rules. */
export const plannedSentences = [
  'Grandma moves into the care home on 20 November.',
  'We fly back on Tuesday.',
  'The warranty runs out in March.',
  'Submit the grant application before 15 December.',
  'My turn to host book club next Friday.',
  'Concert at the abbey this Sunday.',
  'Leo has a maths test tomorrow.',
  'In two weeks the scaffolding comes down.',
  'The council votes on it on 3 December.',
  'I have to be in Hamburg next Monday.',
  'Carla is staying with us next weekend.',
  'The gym reopens in January.',
  'They deliver the sofa on Thursday.',
  'Our landlord raises the rent next year.',
  'I want to finish the novel by the end of November.',
];

export const otherSentences = [
  'On Tuesday the printer jammed.',
  'Rome was founded ages ago.',
  'She knew in May that it was over.',
  'Can we meet on Friday?',
  'I always swim on Sundays.',
  'The film is set in March 1944.',
  'Unless it snows we drive on Saturday.',
  'We broke up last week.',
  'He never works on Mondays.',
  'I wonder whether she comes tomorrow.',
  'The 2024 elections were odd.',
  'We sold the boat in August.',
  'It rained on Saturday.',
  'My shift was moved yesterday.',
  'I miss the days in June.',
];
