-- The relations of schema pgml: names, columns and types are PostgresML's, so that its queries and
-- dashboards work. Ours: the runtime "java". Plain DDL; run inside one transaction, also over an older
-- schema, which gets what it lacks: whoever changes a script here raises PgmlSchema.VERSION.
CREATE SCHEMA IF NOT EXISTS pgml;

DO $$ BEGIN
  CREATE TYPE pgml.task AS ENUM (
    'regression', 'classification', 'decomposition', 'clustering', 'question_answering',
    'summarization', 'translation', 'text_classification', 'text_generation', 'text2text',
    'embedding', 'text_pair_classification', 'conversation', 'rank');
EXCEPTION WHEN duplicate_object THEN
  -- The task that PostgresML has not.
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_enum
                 WHERE enumtypid = 'pgml.task'::regtype AND enumlabel = 'rank') THEN
    ALTER TYPE pgml.task ADD VALUE 'rank';
  END IF;
END $$;

DO $$ BEGIN
  CREATE TYPE pgml.algorithm AS ENUM (
    'linear', 'xgboost', 'xgboost_random_forest', 'svm', 'lasso', 'elastic_net', 'ridge', 'kmeans',
    'dbscan', 'knn', 'random_forest', 'least_angle', 'lasso_least_angle',
    'orthogonal_matching_pursuit', 'bayesian_ridge', 'automatic_relevance_determination',
    'stochastic_gradient_descent', 'perceptron', 'passive_aggressive', 'ransac', 'theil_sen',
    'huber', 'quantile', 'kernel_ridge', 'gaussian_process', 'nu_svm', 'ada_boost', 'bagging',
    'extra_trees', 'gradient_boosting_trees', 'hist_gradient_boosting', 'linear_svm', 'lightgbm',
    'transformers', 'affinity_propagation', 'birch', 'feature_agglomeration', 'mini_batch_kmeans',
    'mean_shift', 'optics', 'spectral', 'spectral_bi', 'spectral_co', 'catboost', 'pca');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;

DO $$ BEGIN
  CREATE TYPE pgml.search AS ENUM ('grid', 'random');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;

DO $$ BEGIN
  CREATE TYPE pgml.sampling AS ENUM ('random', 'last', 'stratified');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;

DO $$ BEGIN
  CREATE TYPE pgml.runtime AS ENUM ('python', 'rust', 'openai', 'java');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;

DO $$ BEGIN
  CREATE TYPE pgml.strategy AS ENUM ('new_score', 'best_score', 'most_recent', 'rollback', 'specific');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;

DO $$ BEGIN
  CREATE TYPE pgml.status AS ENUM ('in_progress', 'successful', 'failed');
EXCEPTION WHEN duplicate_object THEN NULL; END $$;

-- A schema that PostgresML itself has made knows no such runtime.
ALTER TYPE pgml.runtime ADD VALUE IF NOT EXISTS 'java';

-- Nor these algorithms.
ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'auto';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'decision_tree';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'naive_bayes';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'gaussian_naive_bayes';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'multinomial_naive_bayes';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'complement_naive_bayes';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'bernoulli_naive_bayes';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'linear_discriminant_analysis';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'lda';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'quadratic_discriminant_analysis';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'qda';

ALTER TYPE pgml.algorithm ADD VALUE IF NOT EXISTS 'mlp';

CREATE TABLE IF NOT EXISTS pgml.projects (
  id bigserial PRIMARY KEY,
  name text NOT NULL,
  task pgml.task NOT NULL,
  created_at timestamp without time zone NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamp without time zone NOT NULL DEFAULT clock_timestamp());

CREATE UNIQUE INDEX IF NOT EXISTS projects_name_idx ON pgml.projects (name);

CREATE TABLE IF NOT EXISTS pgml.snapshots (
  id bigserial PRIMARY KEY,
  relation_name text NOT NULL,
  y_column_name text[],
  test_size real NOT NULL,
  test_sampling pgml.sampling NOT NULL,
  status text NOT NULL,
  columns jsonb,
  analysis jsonb,
  created_at timestamp without time zone NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamp without time zone NOT NULL DEFAULT clock_timestamp(),
  materialized boolean DEFAULT false);

CREATE TABLE IF NOT EXISTS pgml.models (
  id bigserial PRIMARY KEY,
  project_id bigint NOT NULL REFERENCES pgml.projects (id) ON DELETE CASCADE,
  snapshot_id bigint REFERENCES pgml.snapshots (id) ON DELETE SET NULL,
  num_features integer NOT NULL,
  algorithm text NOT NULL,
  runtime pgml.runtime DEFAULT 'java'::pgml.runtime,
  hyperparams jsonb NOT NULL,
  status text NOT NULL,
  metrics jsonb,
  search text,
  search_params jsonb NOT NULL,
  search_args jsonb NOT NULL,
  created_at timestamp without time zone NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamp without time zone NOT NULL DEFAULT clock_timestamp());

CREATE INDEX IF NOT EXISTS models_project_id_idx ON pgml.models (project_id);

CREATE INDEX IF NOT EXISTS models_snapshot_id_idx ON pgml.models (snapshot_id);

CREATE TABLE IF NOT EXISTS pgml.deployments (
  id bigserial PRIMARY KEY,
  project_id bigint NOT NULL REFERENCES pgml.projects (id) ON DELETE CASCADE,
  model_id bigint NOT NULL REFERENCES pgml.models (id) ON DELETE CASCADE,
  strategy pgml.strategy NOT NULL,
  created_at timestamp without time zone NOT NULL DEFAULT clock_timestamp());

CREATE INDEX IF NOT EXISTS deployments_project_id_created_at_idx ON pgml.deployments (project_id, created_at);

CREATE INDEX IF NOT EXISTS deployments_model_id_created_at_idx ON pgml.deployments (model_id, created_at);

CREATE TABLE IF NOT EXISTS pgml.files (
  id bigserial PRIMARY KEY,
  model_id bigint NOT NULL REFERENCES pgml.models (id) ON DELETE CASCADE,
  path text NOT NULL,
  part integer NOT NULL,
  created_at timestamp without time zone NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamp without time zone NOT NULL DEFAULT clock_timestamp(),
  data bytea NOT NULL);

CREATE UNIQUE INDEX IF NOT EXISTS files_model_id_path_part_idx ON pgml.files (model_id, path, part);

CREATE TABLE IF NOT EXISTS pgml.logs (
  id serial PRIMARY KEY,
  model_id bigint,
  project_id bigint,
  created_at timestamp DEFAULT CURRENT_TIMESTAMP,
  logs jsonb);

CREATE OR REPLACE VIEW pgml.overview AS
  SELECT p.name, d.created_at AS deployed_at, p.task, m.algorithm, m.runtime, s.relation_name,
         s.y_column_name, s.test_sampling, s.test_size
  FROM pgml.projects p
  JOIN pgml.models m ON p.id = m.project_id
  JOIN pgml.deployments d ON d.project_id = p.id AND d.model_id = m.id
  LEFT JOIN pgml.snapshots s ON s.id = m.snapshot_id
  ORDER BY d.created_at DESC;

CREATE OR REPLACE VIEW pgml.trained_models AS
  SELECT m.id, p.name, p.task, m.algorithm, m.runtime, m.created_at, s.test_sampling, s.test_size,
         d.model_id IS NOT NULL AS deployed
  FROM pgml.projects p
  JOIN pgml.models m ON p.id = m.project_id
  LEFT JOIN pgml.snapshots s ON s.id = m.snapshot_id
  LEFT JOIN (SELECT DISTINCT ON (project_id) project_id, model_id, created_at AS deployed_at
             FROM pgml.deployments ORDER BY project_id, id DESC) d ON d.model_id = m.id
  ORDER BY m.created_at DESC;

CREATE OR REPLACE VIEW pgml.deployed_models AS
  SELECT m.id, p.name, p.task, m.algorithm, m.runtime, d.created_at AS deployed_at
  FROM pgml.projects p
  JOIN (SELECT DISTINCT ON (project_id) project_id, model_id, created_at
        FROM pgml.deployments ORDER BY project_id, id DESC) d ON d.project_id = p.id
  JOIN pgml.models m ON m.id = d.model_id
  ORDER BY p.name ASC;

-- USAGE on the schema is then all that a role needs to predict; it is the owner's to grant.
GRANT SELECT ON pgml.projects, pgml.snapshots, pgml.models, pgml.deployments, pgml.files, pgml.logs,
  pgml.overview, pgml.trained_models, pgml.deployed_models TO PUBLIC;
