-- A project's models, the best first by the key metric of its task; those without one are last.
CREATE OR REPLACE FUNCTION pgml.models_compare(project_name text)
RETURNS TABLE(rank bigint, model_id bigint, algorithm text, hyperparams jsonb, status text,
              key_metric text, score double precision, metrics jsonb, deployed boolean,
              created_at timestamp without time zone)
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE ROWS 20 AS $$
DECLARE
  project record;
  metric text;
BEGIN
  SELECT p.id, p.task::text AS task INTO project FROM pgml.projects p WHERE p.name = project_name;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Project named `%` does not exist.', project_name
      USING ERRCODE = '42704', HINT = 'SELECT name FROM pgml.projects lists what is there.';
  END IF;
  metric := CASE project.task WHEN 'regression' THEN 'r2' WHEN 'classification' THEN 'f1'
                              WHEN 'clustering' THEN 'silhouette' WHEN 'rank' THEN 'ndcg'
                              WHEN 'decomposition' THEN 'cumulative_explained_variance' END;
  RETURN QUERY
    SELECT row_number() OVER (ORDER BY s.score DESC NULLS LAST, m.id DESC), m.id, m.algorithm,
           m.hyperparams, m.status, metric, s.score, m.metrics - 'search_results',
           m.id IS NOT DISTINCT FROM (SELECT d.model_id FROM pgml.deployments d
                                      WHERE d.project_id = project.id ORDER BY d.id DESC LIMIT 1),
           m.created_at
    FROM pgml.models m,
         LATERAL (SELECT CASE WHEN m.status = 'successful'
                              THEN (m.metrics->>metric)::double precision END) AS s(score)
    WHERE m.project_id = project.id
    ORDER BY 1;
END
$$;

-- The function that evaluates a model, as statements that make it in any database.
CREATE OR REPLACE FUNCTION pgml.export_sql(model_id bigint) RETURNS text
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found regprocedure := to_regprocedure(format('pgml._model_%s(real[],integer)', model_id));
BEGIN
  IF found IS NULL THEN
    PERFORM pgml._refuse_model(NULL, model_id, 'export_sql');
  END IF;
  RETURN E'CREATE SCHEMA IF NOT EXISTS pgml;\n\n'
    || pg_get_functiondef('pgml._weighted_median(real[],double precision[])'::regprocedure)
    || E';\n\n-- The second argument: 0 for the prediction, 1 for the class''s index, 2 for all numbers.\n'
    || replace(
         pg_get_functiondef(found), format('PERFORM pgml._check_features(%s, features);', model_id),
         'RAISE EXCEPTION ''these features are not what the model takes'' USING ERRCODE = ''22023'';')
    || E';\n';
END
$$;

CREATE OR REPLACE FUNCTION pgml.export_sql(project_name text) RETURNS text
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  model bigint;
BEGIN
  SELECT d.model_id INTO model
  FROM pgml.deployments d JOIN pgml.projects p ON p.id = d.project_id
  WHERE p.name = project_name ORDER BY d.id DESC LIMIT 1;
  IF model IS NULL THEN
    PERFORM pgml._refuse_model(project_name, NULL, 'export_sql');
  END IF;
  RETURN pgml.export_sql(model);
END
$$;
