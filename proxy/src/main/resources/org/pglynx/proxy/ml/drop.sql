-- What schema.sql created, and the schema if nothing else is left in it.
DROP VIEW IF EXISTS pgml.overview, pgml.trained_models, pgml.deployed_models;

DROP TABLE IF EXISTS pgml.logs, pgml.files, pgml.deployments, pgml.models, pgml.snapshots, pgml.projects;

DROP TYPE IF EXISTS pgml.task, pgml.algorithm, pgml.search, pgml.sampling, pgml.runtime, pgml.strategy, pgml.status;

DROP SCHEMA pgml;
