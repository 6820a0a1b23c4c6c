/** Receipts of requests that were carried out, so that a repetition is answered and not done. */
export const receipts = `
CREATE TABLE receipts (
  tenant TEXT NOT NULL,
  id BLOB NOT NULL,
  part INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  note TEXT NOT NULL,
  seq INTEGER,
  ordinal INTEGER,
  version INTEGER,
  created_at INTEGER,
  updated_at INTEGER,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, id, part)
) WITHOUT ROWID;
CREATE INDEX receipts_by_expiry ON receipts (expires_at);
`;
