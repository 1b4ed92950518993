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
    RAISE EXCEPTION 'Project named `%` does not exist.', project_name USING ERRCODE = '42704';
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
