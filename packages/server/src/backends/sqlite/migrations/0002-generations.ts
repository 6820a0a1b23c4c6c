/**
 * Vectors leave the analyses: one row of vectors per memory and generation. Null says that they
 * are still to be made. Analyses and index images of the first schema are made again from bodies.
 */
export const generations = `
ALTER TABLE namespaces ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE namespaces ADD COLUMN arrivals INTEGER NOT NULL DEFAULT 0;
CREATE INDEX namespaces_by_generation ON namespaces (generation, no);

CREATE TABLE vectors (
  row INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  namespace_no INTEGER NOT NULL,
  arrival INTEGER,
  vectors BLOB,
  PRIMARY KEY (row, generation)
) WITHOUT ROWID;
CREATE INDEX vectors_pending ON vectors (generation, row) WHERE vectors IS NULL;
CREATE INDEX vectors_by_arrival ON vectors (namespace_no, generation, arrival)
  WHERE arrival IS NOT NULL;

DROP TABLE segments;
DROP TABLE manifests;

CREATE TABLE segments (
  namespace_no INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  no INTEGER NOT NULL,
  ordinal_min INTEGER NOT NULL,
  ordinal_max INTEGER NOT NULL,
  columns BLOB NOT NULL,
  postings BLOB NOT NULL,
  matrix BLOB NOT NULL
);
CREATE UNIQUE INDEX segments_by_no ON segments (namespace_no, generation, no);

CREATE TABLE manifests (
  namespace_no INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  manifest BLOB NOT NULL,
  PRIMARY KEY (namespace_no, generation)
);
`;
