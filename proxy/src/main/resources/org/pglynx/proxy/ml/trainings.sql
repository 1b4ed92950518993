-- Trainings that compute, outside of transactions: each proxy writes its own ones' progress about twice
-- a second, and is told in return whether somebody wants the training cancelled.
CREATE TABLE IF NOT EXISTS pgml.trainings (
  id bigint PRIMARY KEY,
  model_id bigint NOT NULL,
  project text NOT NULL,
  algorithm text NOT NULL,
  owner regrole NOT NULL,
  rounds text NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  cancelled boolean NOT NULL DEFAULT false);

GRANT SELECT ON pgml.trainings TO PUBLIC;

-- Whether the training is to be cancelled; null when the number is another role's. What a proxy that
-- died has left goes when somebody trains again.
CREATE OR REPLACE FUNCTION pgml._training_goes_on(
  training bigint, model bigint, project text, algorithm text, progress text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  wanted boolean;
BEGIN
  PERFORM pgml._check_right('train');
  UPDATE pgml.trainings t SET rounds = progress, updated_at = clock_timestamp()
    WHERE t.id = training AND t.owner = pgml._caller() RETURNING t.cancelled INTO wanted;
  IF NOT FOUND THEN
    DELETE FROM pgml.trainings t WHERE t.updated_at < clock_timestamp() - interval '1 hour';
    INSERT INTO pgml.trainings AS t (id, model_id, project, algorithm, owner, rounds)
      VALUES (training, model, project, algorithm, pgml._caller(), progress)
      ON CONFLICT (id) DO NOTHING RETURNING t.cancelled INTO wanted;
  END IF;
  RETURN wanted;
END
$$;

-- Models whose proxy died, or lost the database before it could store how the training ended.
CREATE OR REPLACE FUNCTION pgml._fail_lost_models() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH lost AS (
    SELECT m.id FROM pgml.models m
    WHERE m.status = 'in_progress' AND m.updated_at < clock_timestamp() - interval '2 minutes'
      AND NOT EXISTS (SELECT FROM pgml.trainings t WHERE t.model_id = m.id
                      AND t.updated_at > clock_timestamp() - interval '2 minutes')
    FOR UPDATE SKIP LOCKED),
  failed AS (
    UPDATE pgml.models m
    SET status = 'failed', updated_at = clock_timestamp(),
        metrics = '{"error": "the training was lost with its proxy, or with its server",
                    "sqlstate": "08006", "lost": true}'
    FROM lost WHERE m.id = lost.id RETURNING m.id, m.project_id, m.metrics),
  silent AS (DELETE FROM pgml.trainings t USING lost WHERE t.model_id = lost.id)
  INSERT INTO pgml.logs (model_id, project_id, logs) SELECT id, project_id, metrics FROM failed
$$;

CREATE OR REPLACE FUNCTION pgml._training_ended(training bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM pgml.trainings WHERE id = training AND owner = pgml._caller()
$$;

-- False if no proxy that is alive has the training.
CREATE OR REPLACE FUNCTION pgml._cancel_training(training bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_owner oid;
BEGIN
  SELECT t.owner INTO found_owner FROM pgml.trainings t
    WHERE t.id = training AND t.updated_at > clock_timestamp() - interval '30 seconds';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF NOT pg_has_role(pgml._caller(), found_owner, 'USAGE') THEN
    RAISE EXCEPTION 'permission denied to cancel this training'
      USING ERRCODE = '42501',
            DETAIL = 'Only roles with privileges of the role whose training it is may cancel it.';
  END IF;
  UPDATE pgml.trainings SET cancelled = true WHERE id = training;
  RETURN FOUND;
END
$$;
