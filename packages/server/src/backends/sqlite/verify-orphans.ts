/** Finds what belongs to nothing: parts of memories without a row, rows without a namespace. */
import type { Connection } from './connection.ts';
import type { StoreCheck } from './doctor.ts';
import { listed } from './listed.ts';

/** What is counted, and how; vectors without a row are counted by the doctor's check. */
const orphansSql: readonly (readonly [what: string, sql: string])[] = [
  ['former versions', withoutRow('versions')],
  ['analyses', withoutRow('analyses')],
  ['memories', withoutNamespace('memories')],
  ['changes', withoutNamespace('changes')],
  ['threads', withoutNamespace('threads')],
  ['index segments', withoutNamespace('segments')],
  ['index manifests', withoutNamespace('manifests')],
  [
    'index segments without a manifest',
    `SELECT count(*) AS count FROM segments s WHERE NOT EXISTS (SELECT 1 FROM manifests m
      WHERE m.namespace_no = s.namespace_no AND m.generation = s.generation)`,
  ],
];

const liveTurns = `SELECT namespace_no, key_hash, count(*) AS turns FROM memories
  WHERE kind = 0 AND archived = 0 AND superseded_at IS NULL AND key_hash IS NOT NULL
  GROUP BY namespace_no, key_hash`;
const keptTurns = 'SELECT namespace_no, key_hash, turns FROM threads';
const threadsSql = `SELECT
  (SELECT count(*) FROM (${liveTurns} EXCEPT ${keptTurns})) +
  (SELECT count(*) FROM (${keptTurns} EXCEPT ${liveTurns})) AS count`;

export function verifyOrphans(db: Connection): StoreCheck[] {
  const found = orphansSql.flatMap(([what, sql]) => {
    const count = countOf(db, sql);
    return count === 0 ? [] : [`${count} ${what}`];
  });
  const wrong = countOf(db, threadsSql);
  const kept = countOf(db, 'SELECT count(*) AS count FROM threads');
  return [
    {
      name: 'orphans',
      ok: found.length === 0,
      detail: found.length === 0 ? 'nothing without its memory or namespace' : listed(found),
    },
    {
      name: 'threads',
      ok: wrong === 0,
      detail: wrong === 0 ? `${kept} with the right count` : `${wrong} counts are wrong`,
    },
  ];
}

function countOf(db: Connection, sql: string): number {
  return db.get<{ count: number }>(sql)?.count ?? 0;
}

function withoutRow(table: string): string {
  return `SELECT count(*) AS count FROM ${table} o
    WHERE NOT EXISTS (SELECT 1 FROM memories m WHERE m.row = o.row)`;
}

function withoutNamespace(table: string): string {
  return `SELECT count(*) AS count FROM ${table} o
    WHERE NOT EXISTS (SELECT 1 FROM namespaces n WHERE n.no = o.namespace_no)`;
}
