/** Generations of vectors that were dropped: no namespace goes over to one of them any more. */
export const closedGenerations = `
CREATE TABLE closed_generations (generation INTEGER PRIMARY KEY);
`;
