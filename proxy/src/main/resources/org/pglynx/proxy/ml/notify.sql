-- Whoever remembers what is deployed hears of a change when it is committed: the project's name, or
-- nothing if it may be any (a name may be longer than what a notification takes).
CREATE OR REPLACE FUNCTION pgml._tell_deployment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('pgml.quiet', true) = 'on' THEN
    -- One part of a transaction over several shards: what has notified cannot be prepared.
    RETURN NULL;
  END IF;
  IF TG_LEVEL = 'ROW' THEN
    PERFORM pg_notify('pgml_deployments', CASE WHEN octet_length(p.name) < 4000 THEN p.name ELSE '' END)
    FROM pgml.projects p WHERE p.id = NEW.project_id;
  ELSE
    PERFORM pg_notify('pgml_deployments', '');
  END IF;
  RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS _tell_deployment ON pgml.deployments;

CREATE TRIGGER _tell_deployment AFTER INSERT ON pgml.deployments
  FOR EACH ROW EXECUTE FUNCTION pgml._tell_deployment();

DROP TRIGGER IF EXISTS _tell_change ON pgml.deployments;

CREATE TRIGGER _tell_change AFTER UPDATE OR DELETE OR TRUNCATE ON pgml.deployments
  FOR EACH STATEMENT EXECUTE FUNCTION pgml._tell_deployment();
