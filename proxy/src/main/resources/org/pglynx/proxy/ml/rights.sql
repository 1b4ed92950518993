-- Who may train and deploy. Roles without any right on the tables write through the functions here,
-- which belong to the schema's owner and check whoever calls: EXECUTE on pgml.train or pgml.deploy,
-- and the project's owner. USAGE on the schema is enough to predict.

-- The role that the session acts as: inside a SECURITY DEFINER function current_user is not it.
CREATE OR REPLACE FUNCTION pgml._caller() RETURNS oid
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT oid FROM pg_catalog.pg_roles
  WHERE rolname = CASE current_setting('role') WHEN 'none' THEN session_user
                                               ELSE current_setting('role')::name END
$$;

CREATE OR REPLACE FUNCTION pgml._through_proxy(function text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'pgml.% is answered by pglynx, not by the server', function
    USING ERRCODE = '0A000', HINT = format('Call it through pglynx, with its schema (pgml.%s) and not'
      ' inside of a function: pglynx does not look at search_path.', function);
END
$$;

-- These only carry the rights; calls are answered before they reach the server.
DO $do$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_proc
                 WHERE pronamespace = 'pgml'::regnamespace AND proname = 'train') THEN
    CREATE FUNCTION pgml.train(
      project_name text, task text DEFAULT NULL, relation_name text DEFAULT NULL,
      y_column_name text DEFAULT NULL, algorithm pgml.algorithm DEFAULT 'linear',
      hyperparams jsonb DEFAULT '{}', search pgml.search DEFAULT NULL,
      search_params jsonb DEFAULT '{}', search_args jsonb DEFAULT '{}',
      test_size real DEFAULT 0.25, test_sampling pgml.sampling DEFAULT 'stratified',
      runtime pgml.runtime DEFAULT NULL, automatic_deploy boolean DEFAULT true,
      materialize_snapshot boolean DEFAULT false, preprocess jsonb DEFAULT '{}')
    RETURNS TABLE(project text, task text, algorithm text, deployed boolean)
    LANGUAGE sql AS $$
      SELECT NULL::text, NULL::text, NULL::text, x FROM pgml._through_proxy('train') AS x
    $$;
    REVOKE ALL ON FUNCTION pgml.train FROM PUBLIC;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_proc
                 WHERE pronamespace = 'pgml'::regnamespace AND proname = 'deploy') THEN
    CREATE FUNCTION pgml.deploy(model_id bigint)
    RETURNS TABLE(project text, strategy text, algorithm text)
    LANGUAGE sql AS $$
      SELECT NULL::text, NULL::text, NULL::text FROM pgml._through_proxy('deploy') AS x
    $$;
    CREATE FUNCTION pgml.deploy(
      project_name text, strategy pgml.strategy, algorithm pgml.algorithm DEFAULT NULL)
    RETURNS TABLE(project text, strategy text, algorithm text)
    LANGUAGE sql AS $$
      SELECT NULL::text, NULL::text, NULL::text FROM pgml._through_proxy('deploy') AS x
    $$;
    REVOKE ALL ON FUNCTION pgml.deploy(bigint) FROM PUBLIC;
    REVOKE ALL ON FUNCTION pgml.deploy(text, pgml.strategy, pgml.algorithm) FROM PUBLIC;
  END IF;
END
$do$;

ALTER TABLE pgml.projects ADD COLUMN IF NOT EXISTS owner regrole;

ALTER TABLE pgml.snapshots ADD COLUMN IF NOT EXISTS owner regrole;

CREATE OR REPLACE FUNCTION pgml._owns(owner regrole) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(pg_has_role(pgml._caller(), coalesce(owner::oid, nspowner), 'USAGE'), false)
  FROM pg_catalog.pg_namespace WHERE nspname = 'pgml'
$$;

CREATE OR REPLACE FUNCTION pgml._check_right(function text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_proc p
                 WHERE p.pronamespace = 'pgml'::regnamespace AND p.proname = function
                   AND has_function_privilege(pgml._caller(), p.oid, 'EXECUTE')) THEN
    RAISE EXCEPTION 'permission denied for function %', function
      USING ERRCODE = '42501',
            HINT = format('The owner of schema pgml grants EXECUTE ON FUNCTION pgml.%s.', function);
  END IF;
END
$$;

-- A project from before there were owners is the schema's owner's.
CREATE OR REPLACE FUNCTION pgml._check_project(project bigint) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_name text;
  found_owner oid;
BEGIN
  SELECT p.name, coalesce(p.owner::oid, n.nspowner) INTO found_name, found_owner
  FROM pgml.projects p, pg_catalog.pg_namespace n WHERE p.id = project AND n.nspname = 'pgml';
  IF NOT coalesce(pg_has_role(pgml._caller(), found_owner, 'USAGE'), false) THEN
    RAISE EXCEPTION 'permission denied for project %', coalesce(found_name, project::text)
      USING ERRCODE = '42501',
            DETAIL = 'Only its owner and members of its owner may train or deploy models in it.';
  END IF;
END
$$;

-- The model's project, if the model is being trained by somebody who may.
CREATE OR REPLACE FUNCTION pgml._check_model(model bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found record;
BEGIN
  SELECT m.project_id, m.status, coalesce(m.metrics ? 'lost', false) AS lost INTO found
    FROM pgml.models m WHERE m.id = model;
  PERFORM pgml._check_project(found.project_id);
  -- What was taken for lost may come back: its proxy could not reach the database for a while.
  IF found.status <> 'in_progress' AND NOT found.lost THEN
    RAISE EXCEPTION 'model % is not being trained: its status is %', model, found.status
      USING ERRCODE = '55000';
  END IF;
  RETURN found.project_id;
END
$$;

CREATE OR REPLACE FUNCTION pgml._store_project(project_name text, project_task text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found record;
BEGIN
  PERFORM pgml._check_right('train');
  INSERT INTO pgml.projects (name, task, owner)
    VALUES (project_name, project_task::pgml.task, pgml._caller()) ON CONFLICT (name) DO NOTHING;
  SELECT p.id, p.task::text AS task INTO found FROM pgml.projects p WHERE p.name = project_name;
  IF found.task <> project_task THEN
    RAISE EXCEPTION
      'Project `"%"` already exists with a different task: `%`. Create a new project instead.',
      project_name, found.task USING ERRCODE = '22023';
  END IF;
  PERFORM pgml._check_project(found.id);
  RETURN found.id;
END
$$;

CREATE OR REPLACE FUNCTION pgml._store_snapshot(
  relation text, labels text[], size real, sampling text, analysis jsonb, kept boolean)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stored bigint;
BEGIN
  PERFORM pgml._check_right('train');
  INSERT INTO pgml.snapshots (relation_name, y_column_name, test_size, test_sampling, status,
                              analysis, materialized, owner)
    VALUES (relation, labels, size, sampling::pgml.sampling, 'in_progress', analysis, kept,
            pgml._caller())
    RETURNING id INTO stored;
  RETURN stored;
END
$$;

CREATE OR REPLACE FUNCTION pgml._describe_snapshot(
  snapshot bigint, described jsonb, samples integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgml._check_right('train');
  UPDATE pgml.snapshots s
  SET columns = described, status = 'successful', updated_at = clock_timestamp(),
      analysis = coalesce(s.analysis, '{}') || jsonb_build_object('samples', samples)
  WHERE s.id = snapshot
    AND (pgml._owns(s.owner) OR EXISTS (
      SELECT FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id
      WHERE m.snapshot_id = s.id AND pgml._owns(p.owner)));
END
$$;

-- A snapshot's statistics tell about rows that not everybody may read.
ALTER TABLE pgml.snapshots ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS snapshots_of_owners ON pgml.snapshots;

CREATE POLICY snapshots_of_owners ON pgml.snapshots FOR SELECT USING (
  pgml._owns(owner) OR EXISTS (
    SELECT FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id
    WHERE m.snapshot_id = snapshots.id AND pgml._owns(p.owner)));

-- What is known of the columns that a model of PostgresML learnt from, in their order; everybody may
-- know it who predicts: the names, what is done to a value before, what stands in for a missing one,
-- and the texts of the numbers 0, 1, … of categories.
DROP FUNCTION IF EXISTS pgml._snapshot_features(bigint);

CREATE OR REPLACE FUNCTION pgml._snapshot_columns(model bigint)
RETURNS TABLE(name text, size integer, is_array boolean, is_label boolean, treated text, fill text,
              is_filled boolean, categories text[], has_categories boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT c->>'name', coalesce((c->>'size')::int, 1), coalesce((c->>'array')::boolean, false),
    coalesce((c->>'label')::boolean, false),
    CASE WHEN (c->>'label')::boolean THEN NULL
         WHEN c->'preprocessor'->>'encode' <> 'native' THEN 'encoded'
         WHEN c->'preprocessor'->>'scale' <> 'preserve' THEN 'scaled' END,
    CASE c->'preprocessor'->>'impute' WHEN 'error' THEN NULL WHEN 'zero' THEN '0'
         ELSE c->'statistics'->>(c->'preprocessor'->>'impute') END,
    c->'preprocessor'->>'impute' <> 'error',
    CASE WHEN jsonb_typeof(c->'statistics'->'categories') = 'object' THEN (
      SELECT array_agg(category ORDER BY number)
      FROM (SELECT key AS category, (value->>'value')::int AS number,
              row_number() OVER (ORDER BY (value->>'value')::int) - 1 AS place
            FROM jsonb_each(c->'statistics'->'categories')) known
      HAVING bool_and(number = place)) END,
    jsonb_typeof(c->'statistics'->'categories') = 'object'
  FROM pgml.models m JOIN pgml.snapshots s ON s.id = m.snapshot_id,
    jsonb_array_elements(s.columns) WITH ORDINALITY AS e(c, n)
  WHERE m.id = model
  ORDER BY coalesce((c->>'position')::bigint, n), n
$$;

CREATE OR REPLACE FUNCTION pgml._begin_model(
  project bigint, snapshot bigint, features integer, algorithm text, hyperparams jsonb,
  search text, search_params jsonb, search_args jsonb)
RETURNS TABLE(id bigint, created text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
BEGIN
  PERFORM pgml._check_right('train');
  PERFORM pgml._check_project(project);
  RETURN QUERY
    INSERT INTO pgml.models AS m (project_id, snapshot_id, num_features, algorithm, runtime,
                                  hyperparams, status, search, search_params, search_args)
      VALUES (project, snapshot, features, algorithm, 'java', hyperparams, 'in_progress', search,
              search_params, search_args)
      RETURNING m.id, extract(epoch FROM m.created_at)::text;
END
$$;

CREATE OR REPLACE FUNCTION pgml._store_file(model bigint, file text, number integer, bytes bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgml._check_right('train');
  PERFORM pgml._check_model(model);
  INSERT INTO pgml.files (model_id, path, part, data) VALUES (model, file, number, bytes);
END
$$;

DROP FUNCTION IF EXISTS pgml._finish_model(bigint, jsonb, jsonb);

-- The algorithm may have been chosen meanwhile.
CREATE OR REPLACE FUNCTION pgml._finish_model(
  model bigint, result jsonb, used jsonb, chosen text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgml._check_right('train');
  PERFORM pgml._check_model(model);
  UPDATE pgml.models SET status = 'successful', metrics = result, hyperparams = used,
                         algorithm = chosen, updated_at = clock_timestamp()
  WHERE id = model;
END
$$;

CREATE OR REPLACE FUNCTION pgml._fail_model(model bigint, reason text, state text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  project bigint := pgml._check_model(model);
  outcome jsonb := jsonb_build_object('error', reason, 'sqlstate', state);
BEGIN
  UPDATE pgml.models SET status = 'failed', metrics = outcome, updated_at = clock_timestamp()
  WHERE id = model;
  INSERT INTO pgml.logs (model_id, project_id, logs) VALUES (model, project, outcome);
END
$$;

CREATE OR REPLACE FUNCTION pgml._deploy(project bigint, model bigint, how text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgml._check_right(CASE how WHEN 'new_score' THEN 'train' ELSE 'deploy' END);
  PERFORM pgml._check_project(project);
  IF NOT EXISTS (SELECT FROM pgml.models m
                 WHERE m.id = model AND m.project_id = project AND m.status = 'successful') THEN
    RAISE EXCEPTION 'model % is no successful model of project %', model, project
      USING ERRCODE = '55000';
  END IF;
  INSERT INTO pgml.deployments (project_id, model_id, strategy)
    VALUES (project, model, how::pgml.strategy);
END
$$;
