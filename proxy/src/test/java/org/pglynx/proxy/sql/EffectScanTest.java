package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EffectScanTest {
  private final EffectScan scan = new EffectScan();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ";",
        "select abalance from pgbench_accounts where aid = 1",
        "SELECT 1;",
        "select 1; \n",
        "INSERT INTO temp VALUES (1)",
        "insert into temporary select 1",
        "UPDATE t SET a = 1",
        "DELETE FROM t",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "COMMIT",
        "ROLLBACK TO SAVEPOINT set",
        "SET LOCAL work_mem = '1MB'",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SET CONSTRAINTS ALL DEFERRED",
        "SELECT set_config('my.own', 'x', true)",
        "SELECT set_config($1, $2, true)",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT nextval('s'), currval('s')",
        "SELECT currval, lastval FROM interval, 'lastval()'",
        "CREATE TABLE t(a int DEFAULT currval('s'))",
        "SELECT pg_try_advisory_xact_lock_shared(1, 2)",
        "SELECT 'SET x = 1; LISTEN y', $$set_config('a','b',false)$$, $q$pg_advisory_lock(1)$q$",
        "SELECT 1 /* ; SET x = 1 /* nested */ ; SET y = 2 */",
        "SELECT 1 -- ; SET x = 1",
        "-- a comment\nSELECT temp, template, temperature FROM advisory",
        "/* set */ (((SELECT 1)))",
        "SELECT \"set_config\" FROM t WHERE \"SET\" = 1",
        "RELEASE SAVEPOINT a",
        "REFRESH MATERIALIZED VIEW v",
        "LOCK TABLE t",
        "PREPARE TRANSACTION 'x'",
        "CREATE TABLE t(temp int)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END;"
            + " END",
        "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; DELETE FROM v)",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN SET x = 1; END $$ LANGUAGE plpgsql",
        "EXPLAIN (ANALYZE, BUFFERS) SELECT 1",
        "DECLARE c CURSOR WITHOUT HOLD FOR SELECT 1",
        "DECLARE c CURSOR FOR WITH hold AS (SELECT 1) SELECT * FROM hold",
        "SELECT E'it\\'s; SET x = 1'",
        "SELECT U&'a;b', 'SET'"
      })
  void finds_nothing_in_what_leaves_nothing(String sql) {
    assertThat(effects(sql)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "set work_mem = '1MB' | SETTING",
        "  SET SESSION work_mem TO DEFAULT | SETTING RESETS",
        "SET my.own = 'x' | SETTING",
        "SET session.own = 'x' | SETTING",
        "SET local.own = 'x' | SETTING",
        "SET TIME ZONE 'UTC' | SETTING",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY | SETTING",
        "RESET ALL | SETTING RESETS",
        "RESET work_mem | SETTING RESETS",
        "/* x */ Reset work_mem; | SETTING RESETS",
        "SELECT set_config('a', 'b', false) | SETTING",
        "SELECT pg_catalog . SET_CONFIG ( 'a'::text, x, $1 ) FROM t | SETTING",
        "SELECT \"set_config\"('a', (SELECT f(true, true)), false) | SETTING",
        "SELECT set_config($1, 'b', false) | SETTING COMPUTED_NAME",
        "SELECT set_config(concat('a', 'b'), 'b', false) | SETTING COMPUTED_NAME",
        "SELECT set_config(setting_name => 'a', new_value => 'b', is_local => false) | SETTING"
            + " COMPUTED_NAME",
        "SELECT set_config('a', set_config('b', 'c', true), false) | SETTING COMPUTED_NAME",
        "SELECT set_config('role', 'lowly', false) | ROLE",
        "SET ROLE lowly | ROLE",
        "SET \"role\" = lowly | ROLE",
        "SET SESSION AUTHORIZATION lowly | ROLE",
        "RESET SESSION AUTHORIZATION | ROLE RESETS",
        "RESET ROLE | ROLE RESETS",
        "SET session_authorization TO lowly | ROLE",
        "PREPARE p(int) AS SELECT $1 | PREPARE",
        "EXECUTE p(1) | EXECUTE",
        "EXPLAIN ANALYZE EXECUTE p(1) | EXECUTE",
        "EXPLAIN (ANALYZE, COSTS off) EXECUTE p(1) | EXECUTE",
        "CREATE TABLE t AS EXECUTE p | EXECUTE",
        "CREATE TEMP TABLE t AS EXECUTE p | EXECUTE TEMPORARY",
        "DEALLOCATE p | DEALLOCATE",
        "DEALLOCATE PREPARE \"P\" | DEALLOCATE",
        "DEALLOCATE ALL | DEALLOCATE_ALL",
        "DISCARD ALL | DISCARD_ALL RESETS",
        "DISCARD TEMP | DROP",
        "LISTEN a | LISTEN",
        "UNLISTEN * | UNLISTEN",
        "NOTIFY a, 'b' | NOTIFY",
        "CREATE TEMP TABLE t(a int) | TEMPORARY",
        "SELECT currval('s') | SEQUENCE",
        "INSERT INTO t VALUES (pg_catalog . LastVal ( )) | SEQUENCE",
        "create local temporary table t(a int) | TEMPORARY",
        "CREATE OR REPLACE TEMP VIEW v AS SELECT 1 | TEMPORARY",
        "CREATE TABLE pg_temp.t(a int) | TEMPORARY",
        "SELECT 1 INTO TEMP t | TEMPORARY",
        "WITH a AS (SELECT 1) SELECT * INTO TEMPORARY TABLE t FROM a | TEMPORARY",
        "DROP TABLE t | DROP",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1 | HOLD",
        "declare c insensitive no scroll cursor with hold for select 1 | HOLD",
        "CLOSE c | CLOSE",
        "SELECT pg_advisory_lock(1) | ADVISORY",
        "SELECT 1 WHERE PG_TRY_Advisory_Lock_Shared(1, 2) | ADVISORY",
        "SELECT pg_advisory_unlock_all() | UNLOCK",
        "LOAD 'auto_explain' | LOAD",
        "BEGIN | BEGIN",
        "begin isolation level serializable; | BEGIN",
        "START TRANSACTION READ ONLY | BEGIN",
        "DO $$ BEGIN PERFORM 1; END $$ | BLOCK",
        "SELECT 1; SET x = 1 | SETTING SEVERAL",
        "; SET x = 1 | SETTING",
        "SELECT ';'; SELECT 2 | SEVERAL",
        "BEGIN; SET x = 1; LISTEN a; COMMIT | BEGIN SETTING LISTEN SEVERAL",
        "SELECT atomic FROM t; SET x = 1 | SETTING SEVERAL",
        "SELECT begin atomic FROM t; SET x = 1 | SETTING SEVERAL",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; SET x = 1 | SETTING SEVERAL",
        "SET x = 'open | UNCLEAR SETTING",
        "SELECT 1; $open$ | UNCLEAR SEVERAL"
      })
  void finds_what_outlives_its_transaction(String sql, String expected) {
    assertThat(effects(sql)).isEqualTo(new TreeSet<>(Set.of(expected.split(" "))));
  }

  @Test
  void knows_the_names() {
    assertThat(
            names("SET My.\"Own\" = 1; RESET Work_Mem; SELECT set_config('App.It''s', '', false)"))
        .isEqualTo("0:my.Own 1:work_mem 2:App.It's");
    assertThat(names("PREPARE A AS SELECT 1; EXECUTE \"B c\"; DEALLOCATE U&\"\\0064\"; LISTEN é"))
        .isEqualTo("0:a 1:B c 2:d 3:é");
    assertThat(names("UNLISTEN *; DEALLOCATE ALL; EXPLAIN EXECUTE q(1)"))
        .isEqualTo("0:null 1:null 2:q");
  }

  @Test
  void a_backslash_ends_no_string_unless_standard_strings_are_off() {
    String sql = "SELECT 'a\\'; SET x = 1; --'";

    assertThat(scan.of(sql, false)).isEqualTo(SessionEffects.SETTING | SessionEffects.SEVERAL);
    assertThat(scan.of(sql, true)).isEqualTo(SessionEffects.NONE);
  }

  @Test
  void words_are_found_wherever_a_long_text_is_cut() {
    for (String word : new String[] {"pg_advisory_lock(1)", "set_config('a', 'b', false)"}) {
      for (int before = 4000; before < 4200; before++) {
        assertThat(effects("SELECT '" + "x".repeat(before) + "', " + word)).hasSize(1);
      }
    }
    for (int before = 4000; before < 4200; before++) {
      assertThat(effects("SELECT '" + "x".repeat(before) + "'; LISTEN a"))
          .containsExactly("LISTEN", "SEVERAL");
      assertThat(effects("/*" + "x".repeat(before) + "*/ LISTEN a")).containsExactly("LISTEN");
      assertThat(effects("SELECT '" + "x".repeat(before) + "';  ")).isEmpty();
    }
  }

  @Test
  void a_long_text_that_may_matter_is_not_judged() {
    String values = ", (1)".repeat(EffectScan.MAX_LENGTH / 5);

    assertThat(effects("INSERT INTO t VALUES (0)" + values)).isEmpty();
    assertThat(effects("INSERT INTO t VALUES (0)" + values + "; SET x = 1"))
        .containsExactly("UNCLEAR");
  }

  @Test
  void nothing_that_may_be_sent_breaks_it() {
    String[] pieces = {
      "set_config(", "(", ")", "'", "\"", "$$", ";", "SET", "session", ".", "explain", "begin",
      "atomic", "create", "execute", "\\", "/*", "--", "into", "temp", "with", "hold", ",", "E'"
    };
    java.util.Random random = new java.util.Random(7);
    for (int i = 0; i < 50_000; i++) {
      StringBuilder sql = new StringBuilder();
      for (int n = random.nextInt(12); n >= 0; n--) {
        sql.append(pieces[random.nextInt(pieces.length)]).append(random.nextBoolean() ? " " : "");
      }
      effects(sql.toString());
      for (int n = 0; n < scan.count(); n++) {
        scan.name(n);
      }
    }
  }

  private Set<String> effects(String sql) {
    ByteBuf bytes = Unpooled.copiedBuffer("x" + sql + "x", StandardCharsets.UTF_8);
    int found = scan.of(bytes, 1, bytes.readableBytes() - 2, false);
    Set<String> names = new TreeSet<>();
    for (Field field : SessionEffects.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && (found & bit(field)) != 0) {
        names.add(field.getName());
      }
    }
    return names;
  }

  private static int bit(Field field) {
    try {
      return field.getInt(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private String names(String sql) {
    scan.of(Unpooled.copiedBuffer(sql, StandardCharsets.UTF_8), 0, utf8Length(sql), false);
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < scan.count(); i++) {
      names.append(scan.statement(i)).append(':').append(scan.name(i)).append(' ');
    }
    return names.toString().trim();
  }

  private static int utf8Length(String sql) {
    return sql.getBytes(StandardCharsets.UTF_8).length;
  }
}
