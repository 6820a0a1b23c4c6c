/**
 * The first schema. Every row carries the number of its tenant, for the row-level security, and of
 * its namespace, by which the large tables are partitioned and their primary keys begin.
 */

/** Of the large tables; a hash of the namespace's number says which. */
const partitions = 16;

/** Kinds: 0 episode, 1 fact, 2 derived. Ids and key hashes are 16 bytes. Times are ms UTC. */
const memoryColumns = `
  tenant_no int NOT NULL,
  namespace_no int NOT NULL,
  ordinal bigint NOT NULL,
  seq bigint NOT NULL,
  id bytea NOT NULL,
  version int NOT NULL,
  kind smallint NOT NULL,
  audience smallint NOT NULL,
  trust smallint NOT NULL,
  key_hash bytea,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  occurred_at bigint NOT NULL,
  valid_from bigint,
  valid_to bigint,
  expires_at bigint,
  superseded_at bigint,
  supersedes bytea,
  superseded_by bytea,
  archived boolean NOT NULL,
  pinned boolean NOT NULL,
  importance float8 NOT NULL,
  confidence float8 NOT NULL`;

const small = `
CREATE TABLE reverie.store (
  only_row boolean PRIMARY KEY CHECK (only_row),
  last_namespace_no int NOT NULL
);
INSERT INTO reverie.store VALUES (true, 0);

CREATE TABLE reverie.tenants (
  no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE reverie.namespaces (
  no int PRIMARY KEY,
  tenant_no int NOT NULL,
  name text COLLATE "C" NOT NULL,
  epoch int NOT NULL,
  seq bigint NOT NULL,
  erase_seq bigint NOT NULL,
  next_ordinal bigint NOT NULL,
  memories bigint NOT NULL,
  created_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  generation int NOT NULL,
  arrivals bigint NOT NULL,
  stored_bytes bigint NOT NULL,
  UNIQUE (tenant_no, name)
) WITH (fillfactor = 50);
CREATE INDEX namespaces_by_generation ON reverie.namespaces (generation, no);

CREATE TABLE reverie.closed_generations (generation int PRIMARY KEY);

CREATE TABLE reverie.threads (
  tenant_no int NOT NULL,
  namespace_no int NOT NULL,
  key_hash bytea NOT NULL,
  turns bigint NOT NULL,
  PRIMARY KEY (namespace_no, key_hash)
) WITH (fillfactor = 80);

CREATE TABLE reverie.manifests (
  tenant_no int NOT NULL,
  namespace_no int NOT NULL,
  generation int NOT NULL,
  epoch int NOT NULL,
  seq bigint NOT NULL,
  manifest bytea NOT NULL,
  PRIMARY KEY (namespace_no, generation)
);

CREATE TABLE reverie.receipts (
  tenant_no int NOT NULL,
  id bytea NOT NULL,
  part int NOT NULL,
  fingerprint bytea NOT NULL,
  note bytea NOT NULL,
  seq bigint,
  ordinal bigint,
  version int,
  created_at bigint,
  updated_at bigint,
  expires_at bigint NOT NULL,
  PRIMARY KEY (tenant_no, id, part)
);
CREATE INDEX receipts_by_expiry ON reverie.receipts (tenant_no, expires_at);

CREATE TABLE reverie.control (
  key bytea PRIMARY KEY,
  value bytea NOT NULL,
  version int NOT NULL
);

CREATE TABLE reverie.held_mark (
  only_row boolean PRIMARY KEY CHECK (only_row),
  last_no bigint NOT NULL
);
INSERT INTO reverie.held_mark VALUES (true, 0);

CREATE TABLE reverie.held_changes (
  no bigint PRIMARY KEY,
  key bytea NOT NULL
);
`;

const large = `
CREATE TABLE reverie.memories (${memoryColumns},
  body bytea NOT NULL,
  analysis bytea,
  PRIMARY KEY (namespace_no, ordinal)
) PARTITION BY HASH (namespace_no);
CREATE UNIQUE INDEX memories_by_id ON reverie.memories (id, namespace_no);
CREATE INDEX memories_by_key ON reverie.memories (namespace_no, key_hash, ordinal)
  WHERE key_hash IS NOT NULL;
CREATE INDEX memories_by_kind ON reverie.memories (namespace_no, kind, ordinal) WHERE kind <> 0;

CREATE TABLE reverie.versions (${memoryColumns},
  body bytea,
  PRIMARY KEY (namespace_no, ordinal, version)
) PARTITION BY HASH (namespace_no);

CREATE TABLE reverie.vectors (
  tenant_no int NOT NULL,
  namespace_no int NOT NULL,
  ordinal bigint NOT NULL,
  generation int NOT NULL,
  arrival bigint,
  vectors bytea,
  PRIMARY KEY (namespace_no, ordinal, generation)
) PARTITION BY HASH (namespace_no);
ALTER TABLE reverie.vectors ALTER COLUMN vectors SET STORAGE EXTERNAL;
CREATE INDEX vectors_pending ON reverie.vectors (generation, namespace_no, ordinal)
  WHERE vectors IS NULL;
CREATE INDEX vectors_empty ON reverie.vectors (generation, namespace_no, ordinal)
  WHERE vectors = '\\x'::bytea;
CREATE INDEX vectors_by_arrival ON reverie.vectors (namespace_no, generation, arrival)
  WHERE arrival IS NOT NULL;

CREATE TABLE reverie.changes (
  tenant_no int NOT NULL,
  namespace_no int NOT NULL,
  seq bigint NOT NULL,
  ordinal bigint NOT NULL,
  version int NOT NULL,
  op smallint NOT NULL,
  erased_audience smallint,
  erased_at bigint,
  erased_id bytea,
  PRIMARY KEY (namespace_no, seq)
) PARTITION BY HASH (namespace_no);

CREATE TABLE reverie.segments (
  tenant_no int NOT NULL,
  namespace_no int NOT NULL,
  generation int NOT NULL,
  no int NOT NULL,
  ordinal_min bigint NOT NULL,
  ordinal_max bigint NOT NULL,
  columns bytea NOT NULL,
  postings bytea NOT NULL,
  matrix bytea NOT NULL,
  PRIMARY KEY (namespace_no, generation, no)
) PARTITION BY HASH (namespace_no);
ALTER TABLE reverie.segments ALTER COLUMN postings SET STORAGE EXTERNAL;
ALTER TABLE reverie.segments ALTER COLUMN matrix SET STORAGE EXTERNAL;
`;

const partitioned = ['memories', 'versions', 'vectors', 'changes', 'segments'] as const;
const walled = [...partitioned, 'namespaces', 'threads', 'manifests', 'receipts'] as const;

/** Nothing asks a partition by its own name; whoever does finds no policy, and so no row. */
const partitionsOf = (table: string): string =>
  Array.from({ length: partitions }, (_, i) => {
    const name = `reverie.${table}_${i}`;
    return `CREATE TABLE ${name} PARTITION OF reverie.${table}
      FOR VALUES WITH (MODULUS ${partitions}, REMAINDER ${i});
    ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`;
  }).join('\n');

/** A transaction says whose it is; one that says nothing sees nothing. '*' is the server itself. */
const wallOf = (table: string): string => `
ALTER TABLE reverie.${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE reverie.${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON reverie.${table}
  USING (current_setting('reverie.tenant', true) IN (tenant_no::text, '*'));`;

export const tables = [small, large, ...partitioned.map(partitionsOf), ...walled.map(wallOf)].join(
  '\n',
);
