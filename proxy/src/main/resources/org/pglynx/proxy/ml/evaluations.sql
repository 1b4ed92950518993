-- What charts of a model's errors on its held-out rows show: beside the metrics, which stay small so
-- that thousands of models are ranked by them quickly.
CREATE TABLE IF NOT EXISTS pgml.evaluations (
  model_id bigint PRIMARY KEY REFERENCES pgml.models (id) ON DELETE CASCADE,
  evaluation jsonb NOT NULL,
  created_at timestamp without time zone NOT NULL DEFAULT clock_timestamp());

GRANT SELECT ON pgml.evaluations TO PUBLIC;

-- It tells about rows that not everybody may read, as a snapshot's statistics do.
ALTER TABLE pgml.evaluations ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS evaluations_of_owners ON pgml.evaluations;

CREATE POLICY evaluations_of_owners ON pgml.evaluations FOR SELECT USING (
  EXISTS (
    SELECT FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id
    WHERE m.id = evaluations.model_id AND pgml._owns(p.owner)));

CREATE OR REPLACE FUNCTION pgml._store_evaluation(model bigint, shown jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pgml._check_right('train');
  PERFORM pgml._check_model(model);
  INSERT INTO pgml.evaluations (model_id, evaluation) VALUES (model, shown);
END
$$;
