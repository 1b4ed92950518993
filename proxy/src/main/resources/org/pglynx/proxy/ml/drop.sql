-- What schema.sql created, and the schema if nothing else is left in it.
DROP VIEW IF EXISTS pgml.overview, pgml.trained_models, pgml.deployed_models;

DROP TABLE IF EXISTS pgml.trainings, pgml.evaluations, pgml._exports, pgml.logs, pgml.files, pgml.deployments, pgml.models, pgml.snapshots, pgml.projects;

DO $$
DECLARE
  member record;
BEGIN
  FOR member IN
    SELECT CASE prokind WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END AS kind,
           oid::regprocedure AS signature
    FROM pg_catalog.pg_proc
    WHERE pronamespace = 'pgml'::regnamespace
      AND (proname LIKE '\_%' OR proname IN (
        'add', 'subtract', 'multiply', 'divide', 'norm_l0', 'norm_l1', 'norm_l2', 'norm_max',
        'normalize_l1', 'normalize_l2', 'normalize_max', 'distance_l1', 'distance_l2',
        'dot_product', 'cosine_similarity', 'sum', 'min', 'max', 'min_abs', 'max_abs',
        'sklearn_f1_score', 'sklearn_r2_score', 'sklearn_regression_metrics',
        'sklearn_classification_metrics', 'models_compare', 'train', 'deploy', 'predict',
        'predict_label', 'predict_proba', 'predict_joint', 'predict_batch', 'decompose',
        'export_sql'))
    ORDER BY prokind = 'a' DESC
  LOOP
    EXECUTE format('DROP %s %s', member.kind, member.signature);
  END LOOP;
END $$;


DROP TYPE IF EXISTS pgml.task, pgml.algorithm, pgml.search, pgml.sampling, pgml.runtime, pgml.strategy, pgml.status;

DROP SCHEMA pgml;
