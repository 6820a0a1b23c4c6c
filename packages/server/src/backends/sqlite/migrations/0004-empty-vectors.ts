/** Finds the rows whose vectors are empty: memories that an embedder refuses. */
export const emptyVectors = `
CREATE INDEX vectors_empty ON vectors (generation, row) WHERE vectors = x'';
`;
