/** What indexes and the maker of vectors keep, each as one statement. Locks go by number. */

const images = `
CREATE FUNCTION reverie.save_image(p_tenant int, p_no int, p_generation int, p_image jsonb,
  p_blobs bytea) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  s reverie.namespaces;
  e jsonb;
BEGIN
  SELECT * INTO s FROM reverie.namespaces WHERE no = p_no AND tenant_no = p_tenant FOR UPDATE;
  IF NOT FOUND OR s.epoch <> (p_image->>'epoch')::int
    OR (p_image->>'seq')::bigint < s.erase_seq THEN
    RETURN false;
  END IF;
  DELETE FROM reverie.segments WHERE namespace_no = p_no AND generation = p_generation
    AND no IN (SELECT value::int FROM jsonb_array_elements_text(p_image->'remove'));
  FOR e IN SELECT value FROM jsonb_array_elements(p_image->'put') LOOP
    INSERT INTO reverie.segments VALUES (p_tenant, p_no, p_generation, (e->>'no')::int,
      (e->>'ordinalMin')::bigint, (e->>'ordinalMax')::bigint, reverie.part(p_blobs, e->'columns'),
      reverie.part(p_blobs, e->'postings'), reverie.part(p_blobs, e->'matrix'))
    ON CONFLICT (namespace_no, generation, no) DO UPDATE SET
      ordinal_min = excluded.ordinal_min, ordinal_max = excluded.ordinal_max,
      columns = excluded.columns, postings = excluded.postings, matrix = excluded.matrix;
  END LOOP;
  FOR e IN SELECT value FROM jsonb_array_elements(p_image->'putColumns') LOOP
    UPDATE reverie.segments SET columns = reverie.part(p_blobs, e->'columns')
      WHERE namespace_no = p_no AND generation = p_generation AND no = (e->>'no')::int;
  END LOOP;
  INSERT INTO reverie.manifests VALUES (p_tenant, p_no, p_generation, (p_image->>'epoch')::int,
    (p_image->>'seq')::bigint, reverie.part(p_blobs, p_image->'manifest'))
  ON CONFLICT (namespace_no, generation) DO UPDATE SET
    epoch = excluded.epoch, seq = excluded.seq, manifest = excluded.manifest;
  RETURN true;
END $$;

CREATE FUNCTION reverie.drop_image(p_tenant int, p_no int, p_generation int) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM reverie.namespaces WHERE no = p_no AND tenant_no = p_tenant FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM reverie.manifests WHERE namespace_no = p_no AND generation = p_generation;
  DELETE FROM reverie.segments WHERE namespace_no = p_no AND generation = p_generation;
END $$;

CREATE FUNCTION reverie.save_analyses(p_tenant int, p_no int, p_rows jsonb, p_blobs bytea)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  e jsonb;
BEGIN
  PERFORM 1 FROM reverie.namespaces WHERE no = p_no AND tenant_no = p_tenant FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  FOR e IN SELECT value FROM jsonb_array_elements(p_rows) LOOP
    UPDATE reverie.memories SET analysis = reverie.part(p_blobs, e->'analysis')
      WHERE namespace_no = p_no AND ordinal = (e->>'ordinal')::bigint
      AND version = (e->>'version')::int;
    IF FOUND AND e ? 'dropVectors' THEN
      UPDATE reverie.vectors SET vectors = NULL, arrival = NULL
        WHERE namespace_no = p_no AND ordinal = (e->>'ordinal')::bigint;
    END IF;
  END LOOP;
END $$;
`;

const vectors = `
CREATE FUNCTION reverie.save_vectors(p_generation int, p_rows jsonb, p_blobs bytea) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  e jsonb;
  v_no int;
  v_arrivals bigint;
  v_saved int := 0;
BEGIN
  PERFORM 1 FROM reverie.namespaces
    WHERE no IN (SELECT (value->>'no')::int FROM jsonb_array_elements(p_rows))
    ORDER BY no FOR UPDATE;
  FOR e IN SELECT value FROM jsonb_array_elements(p_rows) LOOP
    v_no := (e->>'no')::int;
    SELECT arrivals + 1 INTO v_arrivals FROM reverie.namespaces WHERE no = v_no;
    UPDATE reverie.vectors
      SET vectors = reverie.part(p_blobs, e->'vectors'), arrival = v_arrivals
      WHERE namespace_no = v_no AND ordinal = (e->>'ordinal')::bigint
      AND generation = p_generation AND vectors IS NULL
      AND EXISTS (SELECT 1 FROM reverie.memories WHERE namespace_no = v_no
        AND ordinal = (e->>'ordinal')::bigint AND version = (e->>'version')::int);
    IF FOUND THEN
      UPDATE reverie.namespaces SET arrivals = v_arrivals WHERE no = v_no;
      v_saved := v_saved + 1;
    END IF;
  END LOOP;
  RETURN v_saved;
END $$;

-- Where a chunk of rows after an ordinal ends; null where there are no more.
CREATE FUNCTION reverie.chunk_end(p_no int, p_after bigint, p_limit int) RETURNS bigint
LANGUAGE sql AS $$
  SELECT ordinal FROM reverie.memories WHERE namespace_no = p_no AND ordinal > p_after
  ORDER BY ordinal LIMIT 1 OFFSET p_limit - 1
$$;

CREATE FUNCTION reverie.await_vectors(p_no int, p_generation int, p_after bigint, p_limit int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_end bigint;
BEGIN
  PERFORM 1 FROM reverie.namespaces WHERE no = p_no FOR UPDATE;
  v_end := reverie.chunk_end(p_no, p_after, p_limit);
  INSERT INTO reverie.vectors (tenant_no, namespace_no, ordinal, generation)
    SELECT tenant_no, namespace_no, ordinal, p_generation FROM reverie.memories
    WHERE namespace_no = p_no AND ordinal > p_after AND (v_end IS NULL OR ordinal <= v_end)
    ON CONFLICT DO NOTHING;
  RETURN v_end;
END $$;

CREATE FUNCTION reverie.drop_vectors(p_no int, p_generation int, p_after bigint, p_limit int)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_end bigint;
BEGIN
  PERFORM 1 FROM reverie.namespaces WHERE no = p_no FOR UPDATE;
  v_end := reverie.chunk_end(p_no, p_after, p_limit);
  DELETE FROM reverie.manifests WHERE namespace_no = p_no AND generation = p_generation;
  DELETE FROM reverie.segments WHERE namespace_no = p_no AND generation = p_generation;
  DELETE FROM reverie.vectors WHERE namespace_no = p_no AND generation = p_generation
    AND ordinal > p_after AND (v_end IS NULL OR ordinal <= v_end);
  RETURN v_end;
END $$;
`;

const generations = `
CREATE FUNCTION reverie.waits(p_no int, p_generation int, p_through bigint) RETURNS boolean
LANGUAGE sql AS $$
  SELECT EXISTS (SELECT 1 FROM reverie.vectors WHERE namespace_no = p_no
    AND generation = p_generation AND vectors IS NULL AND ordinal <= p_through)
$$;

CREATE FUNCTION reverie.use_generation(p_no int, p_generation int, p_through bigint)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM reverie.namespaces WHERE no = p_no FOR UPDATE;
  IF NOT FOUND OR reverie.waits(p_no, p_generation, p_through) THEN RETURN false; END IF;
  PERFORM 1 FROM reverie.store FOR UPDATE;
  IF EXISTS (SELECT 1 FROM reverie.closed_generations WHERE generation = p_generation) THEN
    RETURN false;
  END IF;
  UPDATE reverie.namespaces SET generation = p_generation WHERE no = p_no;
  RETURN true;
END $$;

CREATE FUNCTION reverie.close_generation(p_generation int) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM reverie.store FOR UPDATE;
  IF EXISTS (SELECT 1 FROM reverie.namespaces WHERE generation = p_generation) THEN
    RETURN false;
  END IF;
  INSERT INTO reverie.closed_generations VALUES (p_generation) ON CONFLICT DO NOTHING;
  RETURN true;
END $$;
`;

export const derived = [images, vectors, generations].join('\n');
