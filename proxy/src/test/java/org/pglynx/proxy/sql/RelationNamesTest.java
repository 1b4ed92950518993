package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelationNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT * FROM secret",
        "SELECT DISTINCT FROM secret",
        "SELECT 1 FROM a, public.Secret s",
        "SELECT 1 FROM a x, (b JOIN secret USING (id))",
        "SELECT 1 FROM a JOIN b USING (secret_id), secret",
        "SELECT 1 FROM a JOIN b ON a.x = b.y, ONLY secret",
        "SELECT 1 FROM a LEFT JOIN db.s.\"secret\" ON true",
        "SELECT (SELECT max(x) FROM secret)",
        "SELECT 1 WHERE EXISTS (SELECT FROM secret)",
        "SELECT 1 FROM a WHERE x IN (TABLE secret)",
        "WITH c AS (DELETE FROM secret RETURNING *) SELECT * FROM c",
        "WITH c AS MATERIALIZED (SELECT * FROM secret) SELECT * FROM c",
        "INSERT INTO secret (a) VALUES (1)",
        "INSERT INTO a SELECT * FROM secret",
        "UPDATE ONLY secret SET a = 1",
        "UPDATE a SET b = 1 FROM x, secret",
        "DELETE FROM a USING secret",
        "MERGE INTO a USING secret ON true WHEN MATCHED THEN DO NOTHING",
        "TABLE secret",
        "TRUNCATE a, secret",
        "LOCK TABLE secret",
        "COPY secret TO STDOUT",
        "COPY (SELECT * FROM secret) TO STDOUT",
        "DROP TABLE IF EXISTS a, secret",
        "ALTER TABLE secret ADD b int",
        "CREATE INDEX ON secret (a)",
        "CREATE TABLE x (LIKE secret)",
        "CREATE TABLE x AS TABLE secret",
        "CREATE TRIGGER t AFTER UPDATE ON secret EXECUTE FUNCTION f()",
        "CREATE VIEW v AS SELECT * FROM secret",
        "GRANT SELECT ON secret TO anna",
        "EXPLAIN ANALYZE SELECT * FROM secret",
        "PREPARE p AS SELECT * FROM secret",
        "DECLARE c CURSOR FOR SELECT * FROM secret",
        "DO $$ BEGIN DELETE FROM secret; END $$",
        "SELECT 1; SELECT 2 FROM secret",
        "SELECT * FROM/**/secret",
        "SELECT * FROM U&\"\\0073ecret\"",
        "SELECT 1 UNION ALL SELECT a FROM secret",
      })
  void a_relation_is_found_wherever_it_is_named(String sql) {
    assertThat(RelationNames.of(sql, false)).contains("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT secret FROM a",
        "SELECT a.secret, secret.b AS secret FROM a",
        "SELECT 'FROM secret' -- FROM secret",
        "SELECT extract(epoch FROM secret) FROM a",
        "SELECT 1 FROM a WHERE b IS DISTINCT FROM secret",
        "SELECT 1 FROM a WHERE b IS NOT DISTINCT FROM secret",
        "SELECT 1 FROM a WHERE x IN (1, secret)",
        "SELECT 1 FROM a JOIN b USING (secret)",
        "SELECT 1 FROM a JOIN b ON secret = 1",
        "SELECT 1 FROM a GROUP BY x, secret",
        "SELECT 1 FROM a WHERE b LIKE secret",
        "INSERT INTO a (x, secret) VALUES (1, 2)",
        "UPDATE a SET x = 1, secret = 2",
        "SELECT \"Secret\" FROM \"Secret\"",
      })
  void other_things_of_the_name_are_none(String sql) {
    assertThat(RelationNames.of(sql, false)).doesNotContain("secret");
  }

  @Test
  void a_backslash_before_a_quote_means_what_the_session_says() {
    String sql = "SELECT 'x\\'', 1 FROM secret --'";

    assertThat(RelationNames.of(sql, false)).doesNotContain("secret");
    assertThat(RelationNames.of(sql, true)).contains("secret");
  }
}
