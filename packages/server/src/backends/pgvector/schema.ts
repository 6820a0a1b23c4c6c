/**
 * The schema of vectors in PostgreSQL: one table per namespace and generation, so that no index
 * ever holds the rows of two and a search is never filtered after it. Its rows are walled by the
 * tenant that `places` names.
 */
import type { SchemaPlan } from '../postgres/migrations/migrate.ts';

export const schemaName = 'reverie_vectors';

/** `=` keeps a tenant that is called `*` apart from the server itself, which is `*`. */
const tables = `
CREATE TABLE reverie_vectors.store (
  only_row boolean PRIMARY KEY CHECK (only_row),
  id text NOT NULL,
  made_as text NOT NULL DEFAULT gen_random_uuid()::text
);

CREATE TABLE reverie_vectors.generations (
  generation int PRIMARY KEY,
  dimension int NOT NULL
);

CREATE TABLE reverie_vectors.places (
  namespace_no int NOT NULL,
  generation int NOT NULL,
  tenant text COLLATE "C" NOT NULL,
  PRIMARY KEY (namespace_no, generation)
);
ALTER TABLE reverie_vectors.places ENABLE ROW LEVEL SECURITY;
ALTER TABLE reverie_vectors.places FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON reverie_vectors.places
  USING (current_setting('reverie_vectors.tenant', true) IN ('=' || tenant, '*'));
`;

/**
 * The table of a place, or null where there is none for the tenant. From here on the transaction
 * sees what is the tenant's.
 */
const tableOf = `
CREATE FUNCTION reverie_vectors.table_of(
  p_tenant text, p_namespace int, p_generation int, p_locks boolean
) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('reverie_vectors.tenant', '=' || p_tenant, true);
  IF p_locks THEN
    PERFORM 1 FROM reverie_vectors.places WHERE namespace_no = p_namespace
      AND generation = p_generation AND tenant = p_tenant FOR UPDATE;
  ELSE
    PERFORM 1 FROM reverie_vectors.places WHERE namespace_no = p_namespace
      AND generation = p_generation AND tenant = p_tenant;
  END IF;
  IF NOT FOUND THEN RETURN NULL; END IF;
  RETURN format('reverie_vectors.place_%s_%s', p_namespace, p_generation);
END $$;
`;

/** Puts wait for each other by the row of their place, so two of them never leave a mixture. */
const put = `
CREATE FUNCTION reverie_vectors.put_vectors(
  p_tenant text, p_namespace int, p_generation int, p_ordinals bigint[],
  p_of bigint[], p_passages int[], p_vectors text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_table text := reverie_vectors.table_of(p_tenant, p_namespace, p_generation, true);
BEGIN
  IF v_table IS NULL THEN
    PERFORM reverie_vectors.make_place(p_tenant, p_namespace, p_generation);
    v_table := reverie_vectors.table_of(p_tenant, p_namespace, p_generation, true);
  END IF;
  IF v_table IS NULL THEN
    RAISE EXCEPTION 'the namespace % is not of this tenant', p_namespace;
  END IF;
  EXECUTE format('DELETE FROM %s WHERE ordinal = ANY($1)', v_table) USING p_ordinals;
  EXECUTE format('INSERT INTO %s (ordinal, passage, embedding)
    SELECT u.o, u.p, u.v::@ext.halfvec FROM unnest($1, $2, $3) AS u(o, p, v)', v_table)
    USING p_of, p_passages, p_vectors;
END $$;

CREATE FUNCTION reverie_vectors.make_place(p_tenant text, p_namespace int, p_generation int)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_name text := format('reverie_vectors.place_%s_%s', p_namespace, p_generation);
  v_dimension int := (SELECT dimension FROM reverie_vectors.generations
    WHERE generation = p_generation);
BEGIN
  INSERT INTO reverie_vectors.places (namespace_no, generation, tenant)
    VALUES (p_namespace, p_generation, p_tenant) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %s (
    ordinal bigint NOT NULL,
    passage int NOT NULL,
    embedding @ext.halfvec(%s) NOT NULL,
    PRIMARY KEY (ordinal, passage))', v_name, v_dimension);
  -- In the row itself, where a page has room for it: an exact scan would fetch each from aside.
  IF v_dimension <= 3900 THEN
    EXECUTE format('ALTER TABLE %s ALTER COLUMN embedding SET STORAGE PLAIN', v_name);
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_name);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', v_name);
  EXECUTE format('CREATE POLICY own_tenant ON %s
    USING (current_setting(''reverie_vectors.tenant'', true) IN (%L, ''*''))',
    v_name, '=' || p_tenant);
END $$;
`;

const remove = `
CREATE FUNCTION reverie_vectors.remove_vectors(
  p_tenant text, p_namespace int, p_generation int, p_ordinals bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_table text := reverie_vectors.table_of(p_tenant, p_namespace, p_generation, true);
BEGIN
  IF v_table IS NULL THEN RETURN; END IF;
  EXECUTE format('DELETE FROM %s WHERE ordinal = ANY($1)', v_table) USING p_ordinals;
END $$;

CREATE FUNCTION reverie_vectors.drop_place(p_tenant text, p_namespace int, p_generation int)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_table text := reverie_vectors.table_of(p_tenant, p_namespace, p_generation, true);
BEGIN
  IF v_table IS NULL THEN RETURN; END IF;
  EXECUTE format('DROP TABLE IF EXISTS %s', v_table);
  DELETE FROM reverie_vectors.places
    WHERE namespace_no = p_namespace AND generation = p_generation AND tenant = p_tenant;
END $$;
`;

/**
 * Whatever has to be sorted costs too much (enable_sort), so an index that stands is used: the
 * planner takes the wall for a filter that leaves few rows, and would scan them all. `p_reach` is
 * how many neighbours the index keeps in sight; where that are too few for the limit, it goes on
 * (iterative_scan) instead of giving less than was asked for.
 */
const near = `
CREATE FUNCTION reverie_vectors.near_vectors(
  p_tenant text, p_namespace int, p_generation int, p_vector text, p_limit int, p_reach int
) RETURNS TABLE (ordinal bigint, passage int, cosine float8) LANGUAGE plpgsql AS $$
DECLARE
  v_table text := reverie_vectors.table_of(p_tenant, p_namespace, p_generation, false);
BEGIN
  IF v_table IS NULL THEN RETURN; END IF;
  PERFORM set_config('hnsw.ef_search', p_reach::text, true),
    set_config('hnsw.iterative_scan', 'relaxed_order', true),
    set_config('enable_sort', 'off', true);
  RETURN QUERY EXECUTE format('SELECT ordinal, passage,
    -(embedding OPERATOR(@ext.<#>) $1::@ext.halfvec) AS cosine
    FROM %s ORDER BY embedding OPERATOR(@ext.<#>) $1::@ext.halfvec LIMIT $2', v_table)
    USING p_vector, p_limit;
END $$;

CREATE FUNCTION reverie_vectors.count_vectors(p_tenant text, p_namespace int, p_generation int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_table text := reverie_vectors.table_of(p_tenant, p_namespace, p_generation, false);
  v_count bigint := 0;
BEGIN
  IF v_table IS NULL THEN RETURN 0; END IF;
  EXECUTE format('SELECT count(*) FROM %s', v_table) INTO v_count;
  RETURN v_count;
END $$;
`;

/**
 * Builds the index of a place that has grown to `p_from` rows. Searches go on meanwhile, puts
 * wait. In this process of the server alone: parallel ones need more shared memory than containers
 * give as a rule.
 */
const settle = `
CREATE FUNCTION reverie_vectors.settle_place(
  p_tenant text, p_namespace int, p_generation int, p_from int
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_table text := reverie_vectors.table_of(p_tenant, p_namespace, p_generation, true);
  v_index text := format('near_%s_%s', p_namespace, p_generation);
  v_rows bigint;
  v_bytes bigint;
BEGIN
  IF v_table IS NULL THEN RETURN false; END IF;
  IF to_regclass('reverie_vectors.' || v_index) IS NOT NULL THEN RETURN true; END IF;
  v_rows := reverie_vectors.count_vectors(p_tenant, p_namespace, p_generation);
  IF v_rows < p_from THEN RETURN false; END IF;
  EXECUTE format('SELECT pg_table_size(%L)', v_table) INTO v_bytes;
  PERFORM set_config('max_parallel_maintenance_workers', '0', true),
    set_config('maintenance_work_mem',
      least(2000, greatest(64, (v_bytes * 2 + v_rows * 400) / 1048576))::text || 'MB', true);
  EXECUTE format('CREATE INDEX %I ON %s USING hnsw (embedding @ext.halfvec_ip_ops)',
    v_index, v_table);
  EXECUTE format('ANALYZE %s', v_table);
  RETURN true;
END $$;
`;

/** Which of those that call themselves this store has used it last. */
const turn = 'ALTER TABLE reverie_vectors.store ADD COLUMN turn text;';

/** `extension`: the schema that pgvector lives in. */
export function vectorsPlan(extension: string): SchemaPlan {
  const quoted = `"${extension.replaceAll('"', '""')}"`;
  const first = [tables, tableOf, put, remove, near, settle].join('\n');
  return {
    schema: schemaName,
    // "REVV"
    lockKey: 0x52455656,
    migrations: [first.replaceAll('@ext', quoted), turn],
    repair: refill,
  };
}

/** Everything in the schema can be made again from the records. */
export const refill =
  `Drop it (DROP SCHEMA ${schemaName} CASCADE) and start the server anew: it is filled again ` +
  'from the records.';
