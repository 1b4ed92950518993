-- pgml.predict and its kin as functions of the database: they find the deployed model in the calling
-- query's snapshot, and its function by its name. Whoever may use the schema may call them; nobody
-- needs any right on its tables. A schema that the extension itself has made keeps its own.

-- What a value of a row is as a feature: a category's code, a point in time in seconds, a number.
CREATE OR REPLACE FUNCTION pgml._feature(value jsonb, categories jsonb, feature text) RETURNS real
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kind text := jsonb_typeof(value);
  word text := value #>> '{}';
  number double precision;
BEGIN
  IF kind = 'null' THEN
    RETURN NULL;
  ELSIF kind = 'string' AND jsonb_typeof(categories) = 'array' THEN
    -- A value of char(n) is filled up with blanks, which are not part of the category.
    RETURN coalesce((SELECT n FROM jsonb_array_elements_text(categories) WITH ORDINALITY AS c(t, n)
                     WHERE t IN (word, rtrim(word)) ORDER BY t <> word LIMIT 1), -1);
  ELSIF jsonb_typeof(categories) = 'array' THEN
    RAISE EXCEPTION 'feature "%" is a category, got %', feature, word
      USING ERRCODE = '42804', HINT = 'In a row a category is its text, not its code.';
  ELSIF kind = 'number' THEN
    number := word;
    -- What is too small for a real is an error of the cast, but was learnt from as 0.
    RETURN CASE WHEN abs(number) <= 7.006492321624085e-46 THEN 0 ELSE number END;
  ELSIF kind = 'boolean' THEN
    RETURN word::boolean::integer;
  ELSIF kind <> 'string' THEN
    RAISE EXCEPTION 'feature "%" is neither a number nor a text', feature USING ERRCODE = '42804';
  ELSIF word ~ '^\d{4,}-\d\d-\d\d[T ]\d.*([-+]\d\d|Z)' THEN
    RETURN extract(epoch FROM word::timestamptz);
  ELSIF word ~ '^\d{4,}-\d\d-\d\d[T ]\d' THEN
    RETURN extract(epoch FROM word::timestamp);
  ELSIF word ~ '^\d{4,}-\d\d-\d\d( BC)?$' THEN
    RETURN extract(epoch FROM word::date);
  ELSIF word ~ '^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$' THEN
    RETURN extract(epoch FROM word::time);
  ELSIF word ~ '^[-+]?\d+ (years?|mons?|days?)( |$)' OR word ~ '^[-+]?\d+:\d\d:\d\d(\.\d+)?$'
        OR word ~ '^(P[-\dT]|@ -?\d)' THEN
    RETURN extract(epoch FROM word::interval);
  ELSIF word ~* '^\s*([-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf(inity)?)\s*$' THEN
    number := word;
    RETURN CASE WHEN abs(number) <= 7.006492321624085e-46 THEN 0 ELSE number END;
  END IF;
  RAISE EXCEPTION 'feature "%" is a number, got "%"', feature,
    left(word, 80) || CASE WHEN length(word) > 80 THEN '…' ELSE '' END
    USING ERRCODE = '42804', HINT = 'Times are read as ISO 8601 writes them, like 2024-01-31T12:00:00.';
END
$$;

-- An array's elements, of however many dimensions; anything else is one element.
CREATE OR REPLACE FUNCTION pgml._flat(value jsonb) RETURNS SETOF jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE e(v, place) AS (
    SELECT value, ARRAY[]::bigint[]
    UNION ALL
    SELECT a.v, e.place || a.n FROM e, jsonb_array_elements(e.v) WITH ORDINALITY AS a(v, n)
    WHERE jsonb_typeof(e.v) = 'array')
  SELECT v FROM e WHERE jsonb_typeof(v) <> 'array' ORDER BY place
$$;

-- Whether the row is ROW(…), whose columns are called f1, f2, …, and not one of a subquery that calls
-- its own so: where all that was learnt is there by its name, it is the latter.
CREATE OR REPLACE FUNCTION pgml._unnamed(given json, columns jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  keys text[] := ARRAY(SELECT json_object_keys(given));
  names text[] := ARRAY(SELECT c ->> 'name' FROM jsonb_array_elements(columns) AS c
                        ORDER BY (c ->> 'first')::integer);
BEGIN
  IF keys <> ARRAY(SELECT 'f' || n FROM generate_series(1, cardinality(keys)) AS g(n)) THEN
    RETURN false;
  ELSIF NOT keys @> names THEN
    RETURN true;
  ELSIF cardinality(keys) = cardinality(names) AND keys <> names THEN
    RAISE EXCEPTION 'it is not clear whether the row is by position or by name: the model has learned %',
      array_to_string(names, ', ')
      USING ERRCODE = '42702', HINT = 'By position write ARRAY[…], by name to_json(row).';
  END IF;
  RETURN false;
END
$$;

-- The features of a row: by position where it is ROW(…) or an array, else by name. Where by position
-- there is one value for each column, NULL for a column of arrays stands for all elements.
CREATE OR REPLACE FUNCTION pgml._row_features(model bigint, given json, record boolean) RETURNS real[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  e record;
  c record;
  v jsonb;
  named jsonb;
  form text := json_typeof(given);
  values_given jsonb[] := '{}';
  features real[] := '{}';
BEGIN
  SELECT s.features, s.columns INTO e FROM pgml._exports s WHERE s.model_id = model;
  IF form = 'array' OR form = 'object' AND record AND given -> 'f1' IS NOT NULL
     AND pgml._unnamed(given, e.columns) THEN
    SELECT array_agg(f.value ORDER BY j.n, f.n) INTO values_given
    FROM (SELECT value, n FROM json_each(CASE form WHEN 'object' THEN given ELSE '{}' END)
            WITH ORDINALITY AS o(key, value, n)
          UNION ALL
          SELECT value, n FROM json_array_elements(CASE form WHEN 'array' THEN given ELSE '[]' END)
            WITH ORDINALITY AS a(value, n)) AS j
    LEFT JOIN (SELECT (k.c ->> 'width')::integer AS width,
                 row_number() OVER (ORDER BY (k.c ->> 'first')::integer) AS n
               FROM jsonb_array_elements(e.columns) AS k(c)
               WHERE jsonb_array_length(e.columns) < cardinality(e.features)) AS w
      ON w.n = j.n AND json_typeof(j.value) = 'null' AND jsonb_array_length(e.columns)
        = CASE form WHEN 'array' THEN json_array_length(given)
                    ELSE (SELECT count(*) FROM json_object_keys(given)) END
    CROSS JOIN LATERAL pgml._flat(
      CASE WHEN w.n IS NULL THEN j.value::jsonb ELSE to_jsonb(array_fill(NULL::text, ARRAY[w.width])) END)
      WITH ORDINALITY AS f(value, n);
    FOR i IN 1..coalesce(cardinality(values_given), 0) LOOP
      SELECT k.c -> 'categories' AS categories INTO c FROM jsonb_array_elements(e.columns) AS k(c)
      WHERE i BETWEEN (k.c ->> 'first')::integer
                  AND (k.c ->> 'first')::integer + (k.c ->> 'width')::integer - 1;
      features := features
        || pgml._feature(values_given[i], c.categories, coalesce(e.features[i], i::text));
    END LOOP;
    RETURN features;
  ELSIF form <> 'object' THEN
    RAISE EXCEPTION 'features must be an array, a row or a JSON object'
      USING ERRCODE = '42804', HINT = 'Write ARRAY[…], ROW(…), a table''s name, or ''{"column": …}''::jsonb.';
  END IF;
  -- Of json each look at a column would read all of it.
  named := given;
  FOR c IN SELECT k.name, k.first, k.width, k.categories
           FROM jsonb_to_recordset(e.columns)
             AS k(name text, first integer, width integer, categories jsonb) ORDER BY k.first LOOP
    v := named -> c.name;
    IF v IS NULL THEN
      -- A column may be called like an element of one of arrays: "a[1]".
      SELECT jsonb_agg(named -> f ORDER BY n) INTO v
      FROM unnest(e.features[c.first : c.first + c.width - 1]) WITH ORDINALITY AS u(f, n)
      HAVING bool_and(named -> f IS NOT NULL);
    END IF;
    IF v IS NULL THEN
      RAISE EXCEPTION 'the row has no column "%"', c.name
        USING ERRCODE = '22023',
          HINT = 'Give every column that the model has learned: '
            || (SELECT string_agg(k ->> 'name', ', ') FROM jsonb_array_elements(e.columns) AS k)
            || '; null where it is missing.';
    ELSIF v = 'null' THEN
      features := features || array_fill(NULL::real, ARRAY[c.width]);
      CONTINUE;
    ELSIF jsonb_typeof(v) = 'array' THEN
      values_given := ARRAY(SELECT pgml._flat(v));
    ELSE
      values_given := ARRAY[v];
    END IF;
    IF cardinality(values_given) <> c.width THEN
      RAISE EXCEPTION 'feature "%" has % elements, but the model has learned %',
        e.features[c.first], cardinality(values_given), c.width USING ERRCODE = '22023';
    END IF;
    FOR i IN 1..c.width LOOP
      features := features
        || pgml._feature(values_given[i], c.categories, e.features[c.first + i - 1]);
    END LOOP;
  END LOOP;
  RETURN features;
END
$$;

-- anyelement is any type at all: of most, the parser would have said that there is no such function.
CREATE OR REPLACE FUNCTION pgml._refuse_features(function text, key regtype, type regtype) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'function pgml.%(%, %) does not exist', function, key, type
    USING ERRCODE = '42883',
      HINT = 'No function matches the given name and argument types. You might need to add explicit type'
             ' casts. Features are an array of numbers, ROW(…), a relation''s name, or jsonb; a column of'
             ' a composite type is given as to_json(column).';
END
$$;

DO $do$
DECLARE
  -- How a key is looked up: model and ready are set.
  keys constant text[][] := ARRAY[
    ARRAY['project_name text', $k$
  SELECT d.model_id, %1$L = ANY (e.functions) INTO model, ready
  FROM pgml.projects p
  CROSS JOIN LATERAL (SELECT s.model_id FROM pgml.deployments s WHERE s.project_id = p.id
                      ORDER BY s.id DESC LIMIT 1) d
  LEFT JOIN pgml._exports e ON e.model_id = d.model_id
  WHERE p.name = $1;
  IF ready IS NOT TRUE THEN PERFORM pgml._refuse_model($1, model, %1$L); END IF;$k$],
    ARRAY['model_id bigint', $k$
  model := $1;
  SELECT %1$L = ANY (e.functions) INTO ready FROM pgml._exports e WHERE e.model_id = $1;
  IF ready IS NOT TRUE THEN PERFORM pgml._refuse_model(NULL, model, %1$L); END IF;$k$]];
  functions constant text[][] := ARRAY[
    ARRAY['predict', 'real', '(pgml._model_%s($1, 0))[1]'],
    ARRAY['predict_label', 'text',
          '(SELECT labels[((pgml._model_%1$s($1, 1))[1])::integer + 1] FROM pgml._exports WHERE model_id = %1$s)'],
    ARRAY['predict_proba', 'real[]', 'pgml._model_%s($1, 2)'],
    ARRAY['predict_joint', 'real[]', 'pgml._model_%s($1, 2)'],
    ARRAY['decompose', 'real[]', 'pgml._model_%s($1, 2)']];
  head constant text := 'CREATE OR REPLACE FUNCTION pgml.%s(%s, %s) RETURNS %s LANGUAGE plpgsql STABLE STRICT'
    ' PARALLEL SAFE COST 1000 SET search_path = pg_catalog, pg_temp SECURITY ';
  definer constant text := head || 'DEFINER AS ';
  -- Texts of floats have all their digits then.
  invoker constant text := replace(head, ' SECURITY', ' SET extra_float_digits = 1 SECURITY') || 'INVOKER AS ';
  found text;
  key text[];
  f text[];
  element text;
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pgml') THEN
    RETURN;
  END IF;
  FOREACH key SLICE 1 IN ARRAY keys LOOP
    FOREACH f SLICE 1 IN ARRAY functions LOOP
      found := format(key[2], f[1]);
      EXECUTE format(definer, f[1], key[1], 'features real[]', f[2]) || quote_literal(format($f$
DECLARE
  model bigint;
  ready boolean;
  answer %s;
BEGIN%s
  EXECUTE format('SELECT ' || %L, model) INTO answer USING features;
  RETURN answer;
END
$f$, f[2], found, f[3]));
      -- A type's cast to json is its owner's code: only the caller's rights may run it.
      EXECUTE format(invoker, f[1], key[1], '"row" anyelement', f[2]) || quote_literal(format($f$
DECLARE
  given json := to_json("row");
BEGIN
  IF json_typeof(given) NOT IN ('object', 'array')
     AND pg_typeof("row") NOT IN ('json'::regtype, 'jsonb'::regtype) THEN
    PERFORM pgml._refuse_features(%1$L, pg_typeof($1), pg_typeof("row"));
  END IF;
  RETURN pgml._%1$s_row($1, given, pg_typeof("row") = 'record'::regtype);
END
$f$, f[1]));
      EXECUTE format(definer, '_' || f[1] || '_row', key[1], 'given json, record boolean', f[2])
        || quote_literal(format($f$
DECLARE
  model bigint;
  ready boolean;
  answer %s;
BEGIN%s
  EXECUTE format('SELECT ' || %L, model) INTO answer
    USING pgml._row_features(model, given, record);
  RETURN answer;
END
$f$, f[2], found, f[3]));
    END LOOP;
    found := format(key[2], 'predict_batch');
    EXECUTE format(definer, 'predict_batch', key[1], 'features real[]',
                   CASE WHEN key[1] LIKE '%text' THEN 'SETOF real' ELSE 'real[]' END)
      || quote_literal(format($f$
DECLARE
  model bigint;
  ready boolean;
  width integer;
  value real;
  answers real[] := '{}';
BEGIN%s
  SELECT cardinality(e.features) INTO width FROM pgml._exports e WHERE e.model_id = model;
  features := ARRAY(SELECT unnest(features));
  IF cardinality(features) %% width <> 0 THEN PERFORM pgml._check_features(model, features); END IF;
  FOR i IN 1..cardinality(features) / width LOOP
    EXECUTE format('SELECT (pgml._model_%%s($1, 0))[1]', model) INTO value
      USING features[(i - 1) * width + 1 : i * width];
    %s
  END LOOP;
  %s
END
$f$, found,
        CASE WHEN key[1] LIKE '%text' THEN 'RETURN NEXT value;' ELSE 'answers := answers || value;' END,
        CASE WHEN key[1] LIKE '%text' THEN '' ELSE 'RETURN answers;' END));
    FOREACH element IN ARRAY ARRAY['double precision', 'numeric', 'smallint', 'integer', 'bigint', 'boolean'] LOOP
      FOREACH f SLICE 1 IN ARRAY functions || ARRAY[ARRAY['predict_batch',
          CASE WHEN key[1] LIKE '%text' THEN 'SETOF real' ELSE 'real[]' END, '']] LOOP
        EXECUTE format(
          'CREATE OR REPLACE FUNCTION pgml.%s(%s, features %s[]) RETURNS %s LANGUAGE sql STABLE'
          ' PARALLEL SAFE AS %L',
          f[1], key[1], element, f[2],
          format('SELECT pgml.%s($1, $2%s::real[])', f[1],
                 CASE element WHEN 'boolean' THEN '::integer[]' ELSE '' END));
      END LOOP;
    END LOOP;
    -- An array in quotes, without a type: of all that may be meant, a text is what the parser takes.
    FOREACH f SLICE 1 IN ARRAY functions || ARRAY[ARRAY['predict_batch',
        CASE WHEN key[1] LIKE '%text' THEN 'SETOF real' ELSE 'real[]' END, '']] LOOP
      EXECUTE format(
        'CREATE OR REPLACE FUNCTION pgml.%s(%s, features text) RETURNS %s LANGUAGE sql STABLE'
        ' PARALLEL SAFE AS %L',
        f[1], key[1], f[2], format('SELECT pgml.%s($1, $2::real[])', f[1]));
    END LOOP;
  END LOOP;
END
$do$;
