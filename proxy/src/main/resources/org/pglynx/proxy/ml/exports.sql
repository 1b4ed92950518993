-- Models as functions of the database. When a model is deployed, pgml._export_model makes
-- pgml._model_ID(features, what), which evaluates it, from statements that the proxy wrote. Whoever may
-- train may store some, and others will run them: so nothing but arithmetic is taken.

CREATE TABLE IF NOT EXISTS pgml._exports (
  model_id bigint PRIMARY KEY REFERENCES pgml.models (id) ON DELETE CASCADE,
  features text[] NOT NULL,
  -- By feature: whether it may be missing, and of how many codes it is one if it is a category.
  missing boolean[] NOT NULL,
  codes integer[] NOT NULL,
  -- By column: its name, its first feature, how many it has, and its categories.
  columns jsonb NOT NULL,
  labels text[] NOT NULL,
  -- The functions that it answers; none if the server cannot evaluate it, and why.
  functions text[] NOT NULL,
  refused text);

CREATE INDEX IF NOT EXISTS deployments_project_id_id_idx ON pgml.deployments (project_id, id);

-- Takes statements that compute with numbers and the variables that they are given; nothing else.
-- Only ASCII: to a locale some other characters are space, to the server all are letters of names.
CREATE OR REPLACE FUNCTION pgml._check_code(code text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF code ~ '[^\x01-\x7f]' OR code !~ (
      $re$^(?:[ \n]|'(?:[-+0-9.eE,{}]|Infinity|NaN)*'|[()\[\],;]|:=|::|\.\.|[0-9]+(?![a-z0-9_])$re$
      || $re$|(?:case|when|then|else|end|is|null|real|int|double|precision|array|for|in|loop|exit$re$
      || $re$|coalesce|greatest|least|features|answer|answers|[rdna][0-9]+)(?![a-z0-9_])$re$
      || $re$|operator\(pg_catalog\.(?:<|<=|>|>=|=|\+|-|\*|/)\)$re$
      || $re$|pg_catalog\.(?:exp|abs|tanh)\(|pgml\._weighted_median\()*$re$ || '$') THEN
    RAISE EXCEPTION 'a model''s statements are not arithmetic' USING ERRCODE = '22023';
  END IF;
END
$$;

-- The value at which half of the weights is reached, from the least value on.
CREATE OR REPLACE FUNCTION pgml._weighted_median(value real[], weights double precision[]) RETURNS real
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT v FROM (
    SELECT v, n, sum(w) OVER (ORDER BY v, n ROWS UNBOUNDED PRECEDING) AS reached,
           count(*) OVER (ORDER BY v, n ROWS UNBOUNDED PRECEDING) = cardinality(weights) AS last,
           (SELECT sum(t ORDER BY m) FROM unnest(weights) WITH ORDINALITY AS u(t, m)) AS total
    FROM unnest(value, weights) WITH ORDINALITY AS u(v, w, n)) AS s
  WHERE reached >= total / 2 OR last
  ORDER BY v, n LIMIT 1
$$;

-- Makes a model's function: what 0 gives the prediction as SQL shows it, 1 the class's index, 2 all
-- numbers of the answer.
CREATE OR REPLACE FUNCTION pgml._make_function(
  model bigint, missing boolean[], codes integer[], shown real[], variables integer[],
  common text, value text, outputs text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  width integer := cardinality(missing);
  check_row text := format('PERFORM pgml._check_features(%s, features);', model);
  names text := '';
  tests text := '';
BEGIN
  PERFORM pgml._check_code(common);
  PERFORM pgml._check_code(value);
  PERFORM pgml._check_code(outputs);
  FOR n IN 1..variables[1] LOOP names := names || format('r%s real; ', n); END LOOP;
  FOR n IN 1..variables[2] LOOP names := names || format('d%s double precision; ', n); END LOOP;
  FOR n IN 1..variables[3] LOOP names := names || format('n%s integer; ', n); END LOOP;
  FOR n IN 1..variables[4] LOOP names := names || format('a%s real[]; ', n); END LOOP;
  FOR n IN 1..width LOOP
    IF codes[n] IS NOT NULL THEN
      tests := tests || format(
        'IF features[%1$s] OPERATOR(pg_catalog.<) %2$s::real OR features[%1$s]'
        ' OPERATOR(pg_catalog.>=) %3$s::real OR features[%1$s]::integer::real'
        ' OPERATOR(pg_catalog.<>) features[%1$s] THEN %4$s END IF;' || E'\n',
        n, CASE WHEN missing[n] THEN '''-1''' ELSE '''0''' END, quote_literal(codes[n]), check_row);
    END IF;
  END LOOP;
  EXECUTE format(
    $f$
CREATE OR REPLACE FUNCTION pgml._model_%s(features real[], what integer) RETURNS real[]
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000 AS $body$
#variable_conflict use_variable
DECLARE
%s answer real; answers real[];
BEGIN
IF pg_catalog.array_ndims(features) OPERATOR(pg_catalog.<>) 1
   OR pg_catalog.array_lower(features, 1) OPERATOR(pg_catalog.<>) 1 THEN
  features := ARRAY(SELECT pg_catalog.unnest(features));
END IF;
IF pg_catalog.cardinality(features) OPERATOR(pg_catalog.<>) %s THEN %s END IF;
IF 'Infinity'::real OPERATOR(pg_catalog.=) ANY (features)
   OR '-Infinity'::real OPERATOR(pg_catalog.=) ANY (features) THEN %4$s END IF;
%sIF 'NaN'::real OPERATOR(pg_catalog.=) ANY (features) THEN
  features := pg_catalog.array_replace(features, 'NaN'::real, NULL);
END IF;
%s%s%s%sRETURN ARRAY[%s];
END
$body$
$f$,
    model, names, width, check_row,
    CASE WHEN NOT true = ALL (missing) THEN
      'IF ''NaN''::real OPERATOR(pg_catalog.=) ANY (features)'
      ' OR pg_catalog.array_position(features, NULL) IS NOT NULL THEN ' || check_row
      || E' END IF;\n' ELSE '' END,
    tests, common,
    CASE WHEN outputs <> '' THEN
      E'IF what OPERATOR(pg_catalog.=) 2 THEN\n' || outputs || E'RETURN answers;\nEND IF;\n'
      ELSE '' END,
    value,
    CASE WHEN cardinality(shown) = 0 THEN 'answer'
      ELSE format(
        'CASE WHEN what OPERATOR(pg_catalog.=) 1 THEN answer ELSE (%L::real[])[answer::integer'
        ' OPERATOR(pg_catalog.+) 1] END', shown::text) END);
END
$$;

REVOKE ALL ON FUNCTION pgml._make_function FROM PUBLIC;

CREATE OR REPLACE FUNCTION pgml._exported(model bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM pgml._exports WHERE model_id = model
      AND (refused IS NOT NULL
           OR to_regprocedure(format('pgml._model_%s(real[],integer)', model)) IS NOT NULL))
$$;

-- What is known of a model and, unless the server cannot evaluate it, its function.
CREATE OR REPLACE FUNCTION pgml._export_model(
  model bigint, described jsonb, shown real[], variables integer[], common text, value text,
  outputs text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found record;
  refusal text := described->>'refused';
  missing boolean[] := ARRAY(SELECT v::boolean FROM jsonb_array_elements_text(described->'missing') v);
  codes integer[] := ARRAY(SELECT v::integer FROM jsonb_array_elements_text(described->'codes') v);
BEGIN
  SELECT m.project_id, p.task::text AS task INTO found
  FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id WHERE m.id = model;
  PERFORM pgml._check_project(found.project_id);
  INSERT INTO pgml._exports VALUES (
    model,
    ARRAY(SELECT jsonb_array_elements_text(described->'features')),
    missing, codes, described->'columns',
    ARRAY(SELECT jsonb_array_elements_text(described->'labels')),
    CASE WHEN refusal IS NULL THEN
      ARRAY['predict', 'predict_batch']
      || CASE WHEN found.task = 'classification' THEN ARRAY['predict_label'] ELSE '{}' END
      || CASE WHEN (described->>'probabilities')::boolean THEN ARRAY['predict_proba'] ELSE '{}' END
      || CASE WHEN found.task = 'regression' THEN ARRAY['predict_joint'] ELSE '{}' END
      || CASE WHEN found.task = 'decomposition' THEN ARRAY['decompose'] ELSE '{}' END
    ELSE '{}' END,
    refusal)
  ON CONFLICT (model_id) DO UPDATE SET functions = excluded.functions, refused = excluded.refused;
  IF refusal IS NULL THEN
    PERFORM pgml._make_function(model, missing, codes, shown, variables, common, value, outputs);
  END IF;
END
$$;

CREATE OR REPLACE FUNCTION pgml._drop_function() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('DROP FUNCTION IF EXISTS pgml._model_%s(real[], integer)', old.model_id);
  RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS drop_function ON pgml._exports;

CREATE TRIGGER drop_function AFTER DELETE ON pgml._exports
  FOR EACH ROW EXECUTE FUNCTION pgml._drop_function();

-- Raises what the proxy says of features that a model cannot take.
CREATE OR REPLACE FUNCTION pgml._check_features(model bigint, features real[]) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  e record;
  x real;
  width integer;
  given integer := cardinality(features);
  nulls boolean := array_position(features, NULL) IS NOT NULL;
  problem text;
BEGIN
  SELECT s.*, m.algorithm, p.name AS project INTO e
  FROM pgml._exports s JOIN pgml.models m ON m.id = s.model_id JOIN pgml.projects p ON p.id = m.project_id
  WHERE s.model_id = model;
  width := cardinality(e.features);
  IF given <> width THEN
    RAISE EXCEPTION 'model % of project "%" expects % features (%), got %', model, e.project, width,
        array_to_string(e.features[1:12], ', ') || CASE WHEN width > 12 THEN ', …' ELSE '' END, given
      USING ERRCODE = '22023',
            HINT = 'Pass the features in the order of the columns that the model has learned.';
  END IF;
  FOR i IN 1..width LOOP
    IF features[i] IS NULL THEN
      EXIT WHEN e.missing[i] OR e.codes[i] IS NOT NULL;
      RAISE EXCEPTION 'feature "%" is NULL, which algorithm % of model % does not take',
          e.features[i], e.algorithm, model
        USING ERRCODE = '22004',
              HINT = 'Use coalesce(), or train with algorithm => ''xgboost'', which takes NULL.';
    END IF;
  END LOOP;
  FOR i IN 1..width LOOP
    x := coalesce(features[i], 'NaN');
    CONTINUE WHEN x = 'NaN' AND (e.missing[i] OR e.codes[i] IS NOT NULL);
    IF e.codes[i] IS NULL THEN
      IF x = 'NaN' AND nulls THEN
        problem := 'NULL';
      ELSIF x IN ('NaN', 'Infinity', '-Infinity') THEN
        RAISE EXCEPTION 'feature "%" is %, which is not a finite number', e.features[i], x
          USING ERRCODE = '22023';
      END IF;
    ELSIF x < -1 OR x >= e.codes[i] OR trunc(x::double precision) <> x THEN
      RAISE EXCEPTION 'feature "%" is a category: % is none of its codes 0 to %', e.features[i],
          CASE WHEN x = trunc(x::double precision) AND abs(x) < 1e7 THEN x::bigint || '.0' ELSE x::text END,
          e.codes[i] - 1
        USING ERRCODE = '22023',
          HINT = 'Pass a row or a record with its text: pgml.predict(''project'', ROW(''text''::text, …)).';
    ELSIF x < 0 AND NOT e.missing[i] THEN
      problem := 'a category that was not in the training rows';
    END IF;
    IF problem IS NOT NULL THEN
      RAISE EXCEPTION 'feature "%" is %, which algorithm % does not take', e.features[i], problem, e.algorithm
        USING ERRCODE = '22004',
          HINT = format('Use coalesce(), train with preprocess => ''{"%s": {"impute": "mode"}}'', or with'
                        ' algorithm => ''xgboost'', which takes missing values.', e.features[i]);
    END IF;
  END LOOP;
END
$$;

-- Raises why a function cannot be answered here.
CREATE OR REPLACE FUNCTION pgml._refuse_model(project text, model bigint, function text) RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  m record;
  message text;
  hint text := 'Use pgml.predict.';
BEGIN
  SELECT s.id, s.algorithm, p.task::text AS task, e.model_id, e.refused INTO m
  FROM pgml.models s JOIN pgml.projects p ON p.id = s.project_id LEFT JOIN pgml._exports e ON e.model_id = s.id
  WHERE s.id = model AND s.status = 'successful';
  IF m.id IS NULL AND project IS NULL THEN
    RAISE EXCEPTION 'pgml.models WHERE id = % could not be loaded. Does it exist?', model
      USING ERRCODE = '42704', HINT = 'Only models whose status is successful can be used; SELECT id, status FROM'
        ' pgml.models lists what is there.';
  ELSIF m.id IS NULL THEN
    RAISE EXCEPTION 'No deployed model exists for the project named: `%`', project
      USING ERRCODE = '55000',
        HINT = 'Train one with pgml.train, or deploy a trained one with pgml.deploy; SELECT * FROM'
               ' pgml.deployed_models lists what is there.';
  ELSIF m.model_id IS NULL THEN
    RAISE EXCEPTION 'model % is not known to the server as a function', model
      USING ERRCODE = '55000',
        HINT = format('A model becomes one when it is deployed: run SELECT * FROM pgml.deploy(%s) through'
                      ' pglynx, or CREATE EXTENSION IF NOT EXISTS pgml for all that are deployed.', model);
  ELSIF m.refused IS NOT NULL THEN
    RAISE EXCEPTION 'algorithm % of model % is not served here: the server cannot evaluate it', m.algorithm, model
      USING ERRCODE = '0A000', DETAIL = m.refused || '.',
        HINT = format('Ask through pglynx with the call in the outermost select list, SELECT id, pgml.%s(…)'
                      ' FROM …, and keep its rows in a temporary table; or train with an algorithm that the'
                      ' server can evaluate, such as xgboost or linear.', function);
  END IF;
  CASE function
    WHEN 'predict_proba' THEN
      message := CASE m.task WHEN 'classification' THEN 'algorithm %2$s predicts no probabilities'
                             ELSE 'You can''t predict probabilities for a %1$s model' END;
    WHEN 'predict_label' THEN
      message := 'You can''t predict labels with a %s model';
      hint := 'Only models of task ''classification'' have labels; use pgml.predict.';
    WHEN 'predict_joint' THEN
      message := 'You can''t predict joint probabilities for a %s model';
      hint := 'pgml.predict_joint is for models of pgml.train_joint; use pgml.predict.';
    ELSE
      message := 'You can''t decompose with a %s model';
      hint := 'pgml.decompose is for models of task ''decomposition''; use pgml.predict.';
  END CASE;
  RAISE EXCEPTION '%', format(message, m.task, m.algorithm) USING ERRCODE = '0A000', HINT = hint;
END
$$;
