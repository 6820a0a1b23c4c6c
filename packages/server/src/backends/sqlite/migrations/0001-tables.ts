/**
 * The first schema. Rows of one namespace lie together: row = namespace number * 2^32 + ordinal.
 */

/** Kinds: 0 episode, 1 fact, 2 derived. Ids and key hashes are 16 bytes. Times are ms UTC. */
const memoryColumns = `
  row INTEGER PRIMARY KEY,
  namespace_no INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  id BLOB NOT NULL,
  version INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  audience INTEGER NOT NULL,
  trust INTEGER NOT NULL,
  key_hash BLOB,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  valid_from INTEGER,
  valid_to INTEGER,
  expires_at INTEGER,
  superseded_at INTEGER,
  supersedes BLOB,
  superseded_by BLOB,
  archived INTEGER NOT NULL,
  pinned INTEGER NOT NULL,
  importance REAL NOT NULL,
  confidence REAL NOT NULL,
  body BLOB NOT NULL`;

/** A former version: its body is null when the next version has the same. */
const versionColumns = memoryColumns
  .replace('row INTEGER PRIMARY KEY', 'row INTEGER NOT NULL')
  .replace('namespace_no INTEGER NOT NULL,', '')
  .replace('body BLOB NOT NULL', 'body BLOB');

export const tables = `
CREATE TABLE namespaces (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  erase_seq INTEGER NOT NULL,
  next_ordinal INTEGER NOT NULL,
  memories INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX namespaces_by_name ON namespaces (tenant, name);

CREATE TABLE memories (${memoryColumns});
CREATE INDEX memories_by_id ON memories (id);
CREATE INDEX memories_by_key ON memories (namespace_no, key_hash) WHERE key_hash IS NOT NULL;
CREATE INDEX memories_by_kind ON memories (namespace_no, kind) WHERE kind <> 0;
CREATE INDEX current_facts ON memories (namespace_no, key_hash)
  WHERE kind = 1 AND archived = 0 AND superseded_at IS NULL AND key_hash IS NOT NULL;
CREATE INDEX expiring_turns ON memories (namespace_no, key_hash, expires_at)
  WHERE kind = 0 AND archived = 0 AND superseded_at IS NULL AND key_hash IS NOT NULL
  AND expires_at IS NOT NULL;

CREATE TABLE analyses (row INTEGER PRIMARY KEY, analysis BLOB NOT NULL);

CREATE TABLE versions (${versionColumns});
CREATE UNIQUE INDEX versions_by_row ON versions (row, version);

CREATE TABLE threads (
  namespace_no INTEGER NOT NULL,
  key_hash BLOB NOT NULL,
  turns INTEGER NOT NULL,
  PRIMARY KEY (namespace_no, key_hash)
) WITHOUT ROWID;

CREATE TABLE changes (
  namespace_no INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  op INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (namespace_no, seq)
) WITHOUT ROWID;

CREATE TABLE segments (
  namespace_no INTEGER NOT NULL,
  no INTEGER NOT NULL,
  ordinal_min INTEGER NOT NULL,
  ordinal_max INTEGER NOT NULL,
  columns BLOB NOT NULL,
  postings BLOB NOT NULL,
  matrix BLOB NOT NULL
);
CREATE UNIQUE INDEX segments_by_no ON segments (namespace_no, no);

CREATE TABLE manifests (
  namespace_no INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  manifest BLOB NOT NULL
);

CREATE TABLE control (
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL,
  version INTEGER NOT NULL
);
`;
