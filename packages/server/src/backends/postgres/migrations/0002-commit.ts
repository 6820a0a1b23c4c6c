/**
 * A commit as one statement: a put is one round trip, and the lock on its namespace's counter row
 * is held for no network's time. Blobs come concatenated, `[offset, length]` says where each is.
 */

/** Of held documents; a server that missed more reads them all. */
const heldChangesKept = 10_000;

/** RV001: the batch is refused; the detail is what its caller gets. */
const helpers = `
CREATE FUNCTION reverie.refuse(p_result jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'RV001', MESSAGE = 'refused', DETAIL = p_result::text;
END $$;

CREATE FUNCTION reverie.part(p_blobs bytea, p_place jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT substring(p_blobs FROM (p_place->>0)::int + 1 FOR (p_place->>1)::int)
$$;

-- The number of a tenant, made where it has none, for which the transaction is from now on.
CREATE FUNCTION reverie.enter(p_tenant text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_no int;
BEGIN
  SELECT no INTO v_no FROM reverie.tenants WHERE name = p_tenant;
  IF NOT FOUND THEN
    INSERT INTO reverie.tenants (name) VALUES (p_tenant) ON CONFLICT DO NOTHING;
    SELECT no INTO v_no FROM reverie.tenants WHERE name = p_tenant;
  END IF;
  PERFORM set_config('reverie.tenant', v_no::text, true);
  RETURN v_no;
END $$;

-- Tells the other servers of a document that they hold. The row of the mark is held until the
-- commit, so that whoever reads one number has all before it.
CREATE FUNCTION reverie.note_held(p_key bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_no bigint;
BEGIN
  UPDATE reverie.held_mark SET last_no = last_no + 1 RETURNING last_no INTO v_no;
  INSERT INTO reverie.held_changes VALUES (v_no, p_key);
  IF v_no % 100 = 0 THEN
    DELETE FROM reverie.held_changes WHERE no <= v_no - ${heldChangesKept};
  END IF;
END $$;

-- The new version, or null where the stored one is not the expected.
CREATE FUNCTION reverie.put_document(
  p_key bytea, p_value bytea, p_expected int, p_is_held boolean
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_version int;
BEGIN
  IF p_expected = 0 THEN
    INSERT INTO reverie.control (key, value, version) VALUES (p_key, p_value, 1)
      ON CONFLICT DO NOTHING RETURNING version INTO v_version;
  ELSE
    UPDATE reverie.control SET value = p_value, version = version + 1
      WHERE key = p_key AND version = p_expected RETURNING version INTO v_version;
  END IF;
  IF p_is_held AND v_version IS NOT NULL THEN PERFORM reverie.note_held(p_key); END IF;
  RETURN v_version;
END $$;

CREATE FUNCTION reverie.delete_document(p_key bytea, p_is_held boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM reverie.control WHERE key = p_key;
  IF NOT FOUND THEN RETURN false; END IF;
  IF p_is_held THEN PERFORM reverie.note_held(p_key); END IF;
  RETURN true;
END $$;
`;

/** Who makes a namespace, or says by which generation one is searched, holds the store's row. */
const namespaces = `
CREATE FUNCTION reverie.lock_namespace(
  p_tenant int, p_name text, p_generation int, p_now bigint, p_most int
) RETURNS reverie.namespaces LANGUAGE plpgsql AS $$
DECLARE
  s reverie.namespaces;
  v_no int;
BEGIN
  SELECT * INTO s FROM reverie.namespaces
    WHERE tenant_no = p_tenant AND name = p_name FOR UPDATE;
  IF FOUND THEN RETURN s; END IF;
  PERFORM 1 FROM reverie.store FOR UPDATE;
  SELECT * INTO s FROM reverie.namespaces
    WHERE tenant_no = p_tenant AND name = p_name FOR UPDATE;
  IF FOUND THEN RETURN s; END IF;
  UPDATE reverie.store SET last_namespace_no = last_namespace_no + 1
    RETURNING last_namespace_no INTO v_no;
  IF v_no > p_most THEN PERFORM reverie.refuse('{"full": "store"}'); END IF;
  IF EXISTS (SELECT 1 FROM reverie.closed_generations WHERE generation = p_generation) THEN
    p_generation := 0;
  END IF;
  INSERT INTO reverie.namespaces VALUES
    (v_no, p_tenant, p_name, 1, 0, 0, 1, 0, p_now, p_now, p_generation, 0, 0) RETURNING * INTO s;
  RETURN s;
END $$;

CREATE FUNCTION reverie.remove_namespace(p_tenant text, p_no int) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  v_tenant int := reverie.enter(p_tenant);
  v_memories bigint;
BEGIN
  SELECT memories INTO v_memories FROM reverie.namespaces
    WHERE no = p_no AND tenant_no = v_tenant FOR UPDATE;
  IF NOT FOUND OR v_memories > 0 THEN RETURN false; END IF;
  DELETE FROM reverie.changes WHERE namespace_no = p_no;
  DELETE FROM reverie.threads WHERE namespace_no = p_no;
  DELETE FROM reverie.segments WHERE namespace_no = p_no;
  DELETE FROM reverie.manifests WHERE namespace_no = p_no;
  DELETE FROM reverie.namespaces WHERE no = p_no;
  RETURN true;
END $$;
`;

const receipts = `
CREATE FUNCTION reverie.check_receipts(p_tenant int, p_receipts jsonb, p_now bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM jsonb_array_elements(p_receipts) e, reverie.receipts r
    WHERE r.tenant_no = p_tenant AND r.id = (e->>'id')::bytea
      AND r.part = (e->>'part')::int AND r.expires_at > p_now
  ) THEN
    PERFORM reverie.refuse('{"ok": false, "repeated": true}');
  END IF;
END $$;

-- Two expired ones go with each new one, so that what is left behind always shrinks.
CREATE FUNCTION reverie.keep_receipts(
  p_tenant int, p_receipts jsonb, p_applied jsonb, p_now bigint, p_blobs bytea
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  e jsonb;
  a jsonb;
BEGIN
  DELETE FROM reverie.receipts WHERE tenant_no = p_tenant AND (id, part) IN (
    SELECT id, part FROM reverie.receipts WHERE tenant_no = p_tenant AND expires_at <= p_now
    LIMIT 2 * jsonb_array_length(p_receipts) FOR UPDATE SKIP LOCKED
  );
  FOR e IN SELECT value FROM jsonb_array_elements(p_receipts) LOOP
    a := p_applied->(e->>'op')::int;
    INSERT INTO reverie.receipts AS r VALUES (
      p_tenant, (e->>'id')::bytea, (e->>'part')::int, (e->>'fingerprint')::bytea,
      reverie.part(p_blobs, e->'note'), (a->>0)::bigint, (a->>1)::bigint, (a->>2)::int,
      (a->>3)::bigint, (a->>4)::bigint, (e->>'expires')::bigint
    ) ON CONFLICT (tenant_no, id, part) DO UPDATE SET
      fingerprint = excluded.fingerprint, note = excluded.note, seq = excluded.seq,
      ordinal = excluded.ordinal, version = excluded.version, created_at = excluded.created_at,
      updated_at = excluded.updated_at, expires_at = excluded.expires_at
      WHERE r.expires_at <= p_now;
    -- Somebody else has kept it between the check and now.
    IF NOT FOUND THEN PERFORM reverie.refuse('{"ok": false, "repeated": true}'); END IF;
  END LOOP;
END $$;

CREATE FUNCTION reverie.keep_receipts_alone(
  p_tenant text, p_receipts jsonb, p_now bigint, p_blobs bytea
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_tenant int := reverie.enter(p_tenant);
BEGIN
  PERFORM reverie.check_receipts(v_tenant, p_receipts, p_now);
  PERFORM reverie.keep_receipts(v_tenant, p_receipts, '[]', p_now, p_blobs);
  RETURN true;
EXCEPTION WHEN SQLSTATE 'RV001' THEN
  RETURN false;
END $$;
`;

const columns = `id, version, kind, audience, trust, key_hash, created_at, updated_at, occurred_at,
  valid_from, valid_to, expires_at, superseded_at, supersedes, superseded_by, archived, pinned,
  importance, confidence`;

const ops = `
CREATE FUNCTION reverie.save_vectors_of(p_row reverie.memories, p_vectors jsonb, p_blobs bytea)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO reverie.vectors (tenant_no, namespace_no, ordinal, generation, vectors)
  SELECT DISTINCT ON ((e->>0)::int) p_row.tenant_no, p_row.namespace_no, p_row.ordinal,
    (e->>0)::int, reverie.part(p_blobs, e->1)
  FROM jsonb_array_elements(p_vectors) WITH ORDINALITY AS v (e, place)
  ORDER BY (e->>0)::int, place DESC
  ON CONFLICT (namespace_no, ordinal, generation)
    DO UPDATE SET vectors = excluded.vectors, arrival = NULL
$$;

-- The key of the thread of which a row is a live turn.
CREATE FUNCTION reverie.thread_of(p_row reverie.memories) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p_row.kind = 0 AND NOT p_row.archived AND p_row.superseded_at IS NULL
    THEN p_row.key_hash END
$$;

-- Keeps the count of live turns of a thread, so that no reader ever has to count them.
CREATE FUNCTION reverie.count_turns(
  p_tenant int, p_no int, p_left bytea, p_joined bytea
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_left IS NOT DISTINCT FROM p_joined THEN RETURN; END IF;
  IF p_joined IS NOT NULL THEN
    INSERT INTO reverie.threads AS t VALUES (p_tenant, p_no, p_joined, 1)
      ON CONFLICT (namespace_no, key_hash) DO UPDATE SET turns = t.turns + 1;
  END IF;
  IF p_left IS NOT NULL THEN
    UPDATE reverie.threads SET turns = turns - 1 WHERE namespace_no = p_no AND key_hash = p_left;
    DELETE FROM reverie.threads WHERE namespace_no = p_no AND key_hash = p_left AND turns = 0;
  END IF;
END $$;

CREATE FUNCTION reverie.put_row(s reverie.namespaces, p_at bigint, p_op jsonb, p_blobs bytea)
RETURNS reverie.memories LANGUAGE plpgsql AS $$
DECLARE
  r reverie.memories := jsonb_populate_record(NULL::reverie.memories, p_op->'columns');
BEGIN
  IF EXISTS (SELECT 1 FROM reverie.memories WHERE id = r.id AND namespace_no = s.no) THEN
    PERFORM reverie.refuse('{"ok": false}');
  END IF;
  r.tenant_no := s.tenant_no;
  r.namespace_no := s.no;
  r.ordinal := s.next_ordinal;
  r.seq := s.seq + 1;
  r.version := (p_op->>'version')::int;
  r.created_at := p_at;
  r.updated_at := p_at;
  r.body := reverie.part(p_blobs, p_op->'body');
  r.analysis := reverie.part(p_blobs, p_op->'analysis');
  INSERT INTO reverie.memories SELECT r.*;
  IF jsonb_array_length(p_op->'vectors') > 0 THEN
    PERFORM reverie.save_vectors_of(r, p_op->'vectors', p_blobs);
  END IF;
  PERFORM reverie.count_turns(s.tenant_no, s.no, NULL, reverie.thread_of(r));
  RETURN r;
END $$;

CREATE FUNCTION reverie.update_row(s reverie.namespaces, p_at bigint, p_op jsonb, p_blobs bytea)
RETURNS reverie.memories LANGUAGE plpgsql AS $$
DECLARE
  before reverie.memories;
  r reverie.memories;
BEGIN
  SELECT * INTO before FROM reverie.memories
    WHERE namespace_no = s.no AND ordinal = (p_op->>'ordinal')::bigint
    AND version = (p_op->>'expected')::int;
  IF NOT FOUND THEN PERFORM reverie.refuse('{"ok": false}'); END IF;
  r := jsonb_populate_record(before, p_op->'columns');
  r.version := before.version + 1;
  r.updated_at := p_at;
  r.seq := s.seq + 1;
  -- An analysis of the former body must not outlive it.
  IF p_op ? 'analysis' OR p_op ? 'body' THEN
    r.analysis := reverie.part(p_blobs, p_op->'analysis');
  END IF;
  IF p_op ? 'body' THEN r.body := reverie.part(p_blobs, p_op->'body'); END IF;
  INSERT INTO reverie.versions (tenant_no, namespace_no, ordinal, seq, ${columns}, body)
    SELECT tenant_no, namespace_no, ordinal, seq, ${columns}, CASE WHEN p_op ? 'body' THEN body END
    FROM reverie.memories WHERE namespace_no = s.no AND ordinal = r.ordinal;
  UPDATE reverie.memories m SET seq = r.seq, analysis = r.analysis, body = r.body,
    (${columns}) = (SELECT ${columns.replaceAll(/(\w+)/g, 'r.$1')})
    WHERE m.namespace_no = s.no AND m.ordinal = r.ordinal;
  IF p_op ? 'body' AND NOT p_op ? 'keepsVectors' THEN
    UPDATE reverie.vectors SET vectors = NULL, arrival = NULL
      WHERE namespace_no = s.no AND ordinal = r.ordinal;
  END IF;
  IF jsonb_array_length(p_op->'vectors') > 0 THEN
    PERFORM reverie.save_vectors_of(r, p_op->'vectors', p_blobs);
  END IF;
  PERFORM reverie.count_turns(s.tenant_no, s.no, reverie.thread_of(before), reverie.thread_of(r));
  RETURN r;
END $$;

-- Bytes of a row's bodies, those of its former versions included.
CREATE FUNCTION reverie.bytes_of(p_no int, p_ordinal bigint) RETURNS bigint LANGUAGE sql AS $$
  SELECT coalesce(sum(octet_length(body)), 0)::bigint FROM (
    SELECT body FROM reverie.memories WHERE namespace_no = p_no AND ordinal = p_ordinal
    UNION ALL
    SELECT body FROM reverie.versions WHERE namespace_no = p_no AND ordinal = p_ordinal
  ) AS bodies
$$;

-- The row as it was, but in the version and at the time of its end.
CREATE FUNCTION reverie.erase_row(s reverie.namespaces, p_at bigint, p_op jsonb)
RETURNS reverie.memories LANGUAGE plpgsql AS $$
DECLARE
  r reverie.memories;
BEGIN
  DELETE FROM reverie.memories
    WHERE namespace_no = s.no AND ordinal = (p_op->>'ordinal')::bigint
    AND version = (p_op->>'expected')::int
    RETURNING * INTO r;
  IF NOT FOUND THEN PERFORM reverie.refuse('{"ok": false}'); END IF;
  DELETE FROM reverie.versions WHERE namespace_no = s.no AND ordinal = r.ordinal;
  DELETE FROM reverie.vectors WHERE namespace_no = s.no AND ordinal = r.ordinal;
  DELETE FROM reverie.segments WHERE namespace_no = s.no
    AND ordinal_min <= r.ordinal AND ordinal_max >= r.ordinal;
  PERFORM reverie.count_turns(s.tenant_no, s.no, reverie.thread_of(r), NULL);
  r.version := r.version + 1;
  r.updated_at := p_at;
  r.seq := s.seq + 1;
  RETURN r;
END $$;
`;

const batches = `
CREATE FUNCTION reverie.check_key(p_no int, p_expected jsonb, p_now bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_ordinal bigint;
  v_version int;
BEGIN
  SELECT ordinal, version INTO v_ordinal, v_version FROM reverie.memories
    WHERE namespace_no = p_no AND key_hash = (p_expected->>'key')::bytea AND kind = 1
    AND NOT archived AND superseded_at IS NULL AND (expires_at IS NULL OR expires_at > p_now)
    ORDER BY ordinal DESC LIMIT 1;
  IF v_ordinal IS DISTINCT FROM (p_expected->>'ordinal')::bigint
    OR v_version IS DISTINCT FROM (p_expected->>'version')::int THEN
    PERFORM reverie.refuse('{"ok": false}');
  END IF;
END $$;

CREATE FUNCTION reverie.check_unchanged(p_no int, p_row jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM reverie.memories WHERE namespace_no = p_no
    AND ordinal = (p_row->>0)::bigint AND version = (p_row->>1)::int
  ) THEN
    PERFORM reverie.refuse('{"ok": false}');
  END IF;
END $$;

CREATE FUNCTION reverie.put_documents(
  p_documents jsonb, s reverie.namespaces, p_at bigint, p_blobs bytea
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  e jsonb;
  v_value bytea;
BEGIN
  FOR e IN SELECT value FROM jsonb_array_elements(p_documents) LOOP
    v_value := reverie.part(p_blobs, e->'value');
    IF e ? 'stamped' THEN
      v_value := v_value || convert_to(format('{"seq":%s,"at":%s}}', s.seq, p_at), 'UTF8');
    END IF;
    IF reverie.put_document(
      reverie.part(p_blobs, e->'key'), v_value, (e->>'expected')::int, e ? 'held') IS NULL THEN
      PERFORM reverie.refuse('{"ok": false}');
    END IF;
  END LOOP;
END $$;

CREATE FUNCTION reverie.check_bytes(p_tenant int, p_batch jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_total bigint;
BEGIN
  IF NOT p_batch ? 'bytesMax' OR (p_batch->>'bytes')::bigint = 0 THEN RETURN; END IF;
  SELECT coalesce(sum(stored_bytes), 0) INTO v_total FROM reverie.namespaces
    WHERE tenant_no = p_tenant;
  IF v_total + (p_batch->>'bytes')::bigint > (p_batch->>'bytesMax')::bigint THEN
    PERFORM reverie.refuse(jsonb_build_object('ok', false, 'storedBytes', v_total));
  END IF;
END $$;

CREATE FUNCTION reverie.apply_op(
  s reverie.namespaces, p_at bigint, p_op jsonb, p_blobs bytea
) RETURNS reverie.memories LANGUAGE plpgsql AS $$
DECLARE
  v_is_erase boolean := p_op->>'type' = 'erase';
  r reverie.memories;
BEGIN
  IF p_op->>'type' = 'put' THEN r := reverie.put_row(s, p_at, p_op, p_blobs);
  ELSIF v_is_erase THEN r := reverie.erase_row(s, p_at, p_op);
  ELSE r := reverie.update_row(s, p_at, p_op, p_blobs);
  END IF;
  INSERT INTO reverie.changes VALUES (s.tenant_no, s.no, r.seq, r.ordinal, r.version,
    (p_op->>'code')::smallint, CASE WHEN v_is_erase THEN r.audience END,
    CASE WHEN v_is_erase THEN p_at END, CASE WHEN v_is_erase THEN r.id END);
  RETURN r;
END $$;

CREATE FUNCTION reverie.apply_batch(p_tenant int, p_name text, p_batch jsonb, p_blobs bytea)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_now bigint := (p_batch->>'now')::bigint;
  s reverie.namespaces := reverie.lock_namespace(p_tenant, p_name,
    (p_batch->>'generation')::int, v_now, (p_batch->>'namespacesMax')::int);
  v_at bigint := greatest(v_now, s.changed_at);
  v_applied jsonb[] := '{}';
  v_op jsonb;
  r reverie.memories;
BEGIN
  PERFORM reverie.check_receipts(p_tenant, p_batch->'receipts', v_now);
  PERFORM reverie.check_bytes(p_tenant, p_batch);
  PERFORM reverie.check_key(s.no, value, v_now) FROM jsonb_array_elements(p_batch->'expect');
  PERFORM reverie.check_unchanged(s.no, value) FROM jsonb_array_elements(p_batch->'unchanged');
  FOR v_op IN SELECT value FROM jsonb_array_elements(p_batch->'ops') LOOP
    IF v_op->>'type' = 'erase' THEN
      s.stored_bytes := s.stored_bytes - reverie.bytes_of(s.no, (v_op->>'ordinal')::bigint);
      s.memories := s.memories - 1;
    ELSIF v_op->>'type' = 'put' THEN
      IF s.next_ordinal > (p_batch->>'ordinalMax')::bigint THEN
        PERFORM reverie.refuse('{"full": "namespace"}');
      END IF;
      s.memories := s.memories + 1;
    END IF;
    r := reverie.apply_op(s, v_at, v_op, p_blobs);
    s.seq := r.seq;
    s.changed_at := v_at;
    IF v_op->>'type' = 'erase' THEN s.erase_seq := r.seq; END IF;
    IF v_op->>'type' = 'put' THEN s.next_ordinal := s.next_ordinal + 1; END IF;
    v_applied := v_applied
      || jsonb_build_array(r.seq, r.ordinal, r.version, r.created_at, r.updated_at);
  END LOOP;
  s.stored_bytes := s.stored_bytes + (p_batch->>'bytes')::bigint;
  PERFORM reverie.keep_receipts(
    p_tenant, p_batch->'receipts', to_jsonb(v_applied), v_now, p_blobs);
  PERFORM reverie.put_documents(p_batch->'documents', s, v_at, p_blobs);
  UPDATE reverie.namespaces SET seq = s.seq, erase_seq = s.erase_seq,
    next_ordinal = s.next_ordinal, memories = s.memories, changed_at = s.changed_at,
    stored_bytes = s.stored_bytes
    WHERE no = s.no;
  RETURN jsonb_build_object('ok', true, 'namespace', to_jsonb(s), 'applied', to_jsonb(v_applied));
END $$;

-- Batches of one namespace that waited together: each is applied or refused for itself.
CREATE FUNCTION reverie.apply_batches(
  p_tenant text, p_name text, p_batches jsonb, p_blobs bytea
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_tenant int := reverie.enter(p_tenant);
  v_results jsonb := '[]';
  v_result jsonb;
  v_refused text;
  v_batch jsonb;
BEGIN
  -- Batches that may fill the tenant's last bytes come one after the other.
  IF jsonb_path_exists(p_batches, '$[*].bytesMax') THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('reverie tenant ' || p_tenant, 0));
  END IF;
  FOR v_batch IN SELECT value FROM jsonb_array_elements(p_batches) LOOP
    BEGIN
      v_result := reverie.apply_batch(
        v_tenant, p_name, v_batch, reverie.part(p_blobs, v_batch->'blobs'));
    EXCEPTION WHEN SQLSTATE 'RV001' THEN
      GET STACKED DIAGNOSTICS v_refused = PG_EXCEPTION_DETAIL;
      v_result := v_refused::jsonb;
    END;
    v_results := v_results || jsonb_build_array(v_result);
  END LOOP;
  RETURN v_results;
END $$;
`;

export const commit = [helpers, namespaces, receipts, ops, batches].join('\n');
