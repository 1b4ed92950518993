package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three shards answer like one PostgreSQL, or refuse: never a row too many or too few. -D
 * pglynx.shard.statements and -Dpglynx.shard.seed choose how many statements, and which.
 */
class ShardDifferentialIT {
  private static final int STATEMENTS = Integer.getInteger("pglynx.shard.statements", 2_000);
  private static final long SEED = Long.getLong("pglynx.shard.seed", 20_261_126);

  private static final int WRITES = Integer.getInteger("pglynx.shard.writes", 400);

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(4)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(ShardedPair.SHARDS)
          .pool(ShardedPair.POOL);

  /** Whose order is not that of their bytes. */
  private static final List<String> NOTES =
      List.of("'n1'", "'N1'", "'n-2'", "'n 2'", "'é'", "NULL", "'Z'", "''", "'n\"3'", "'n\\3,{}'");

  private static final List<String> SPANS =
      List.of("'1 day'", "'-2 hours'", "'1 mon 3 days'", "NULL", "'00:00:00.5'", "'40 days'");

  private static final List<String> ARRAYS =
      List.of("'{1,2}'", "'{}'", "NULL", "'{1,NULL,3}'", "'{-1}'", "'{{1,2},{3,4}}'", "'{10}'");

  private static final List<String> DAYS =
      List.of("'2024-02-29'", "'infinity'", "'0044-03-15 BC'", "'-infinity'", "'12024-01-01'");

  private static final List<String> REALS =
      List.of("1.5", "'NaN'", "'-Infinity'", "-0.25", "'Infinity'", "NULL", "3.4e38", "1e-40");

  private static final List<String> MOODS = List.of("'ok'", "'sad'", "NULL", "'a'", "'ok'");

  private static @Nullable ShardedPair opened;

  @BeforeAll
  static void fill() throws SQLException {
    opened = new ShardedPair(PROXY);
    for (int i = 0; i < 60; i++) {
      both(
          ("INSERT INTO orders (customer, id, note, amount, rate, at, tag, paid, seen, uid, span,"
                  + " nums, day, small, real, mood) VALUES"
                  + " (%d, %d, %s, %d.5, %d, timestamp '2024-02-%02d 10:00', '%s', %b,"
                  + " '2024-03-%02d 22:00+01', '%08x-0000-4000-8000-000000000000', %s, %s, %s,"
                  + " %d, %s, %s)")
              .formatted(
                  i % 11,
                  i,
                  NOTES.get(i % NOTES.size()),
                  i,
                  i,
                  1 + i % 5,
                  "aBÄb_z".substring(i % 6, i % 6 + 1),
                  i % 3 == 0,
                  29 + i % 3,
                  (i * 7919) % 5,
                  SPANS.get(i % SPANS.size()),
                  ARRAYS.get(i % ARRAYS.size()),
                  DAYS.get(i % DAYS.size()),
                  i % 7 - 3,
                  REALS.get(i % REALS.size()),
                  MOODS.get(i % MOODS.size())));
      both(
          "INSERT INTO items (customer, order_id, what, country) VALUES (%d, %d, 'w%d', '%s')"
              .formatted(i % 9, i, i % 5, i % 3 == 0 ? "de" : "fr"));
    }
    for (int i = 0; i < 12; i++) {
      both(
          "INSERT INTO devices (dev, label, n) VALUES ('%08x-0000-4000-8000-00000000000a', %s, %d)"
              .formatted(i % 8, NOTES.get(i % NOTES.size()), i));
      both(
          "INSERT INTO pairs (a, b, v) VALUES (%d, '%s', %d)"
              .formatted(i % 6, "xyZ".charAt(i % 3), i));
    }
    both("INSERT INTO people (name, age) VALUES ('ann', 3), ('Bob', 5), ('123', 7), ('a b', 1)");
    both("INSERT INTO settings VALUES ('de', 1), ('x', 2), ('Y', 3), (NULL, 4)");
  }

  private static ShardedPair pair() {
    return Objects.requireNonNull(opened);
  }

  private static void both(String sql) {
    ShardedPair.Outcome one = pair().onOne(false, sql);
    assertThat(one.message()).isEmpty();
    assertThat(pair().onShards(false, sql)).isEqualTo(one);
  }

  @AfterAll
  static void end() throws SQLException {
    pair().close();
  }

  @Test
  void random_statements_have_the_result_of_one_server_or_are_refused() throws SQLException {
    Random random = new Random(SEED);
    int parts = 0;
    Map<String, Integer> refusals = new TreeMap<>();
    Map<String, Integer> failures = new TreeMap<>();
    int refused = 0;
    int partsRefused = 0;
    int failed = 0;
    for (int i = 0; i < STATEMENTS; i++) {
      boolean extended = i % 2 == 0;
      RandomShardSql.Statement next = new RandomShardSql(SEED + i, extended).next();
      Object[] parameters = next.parameters().toArray();
      ShardedPair.Outcome shards = pair().onShards(extended, next.sql(), parameters);
      if (shards.refused()) {
        refused++;
        refusals.merge(reason(shards.message()), 1, Integer::sum);
        continue;
      }
      ShardedPair.Outcome one = pair().onOne(extended, next.sql(), parameters);
      if (!one.sqlState().isEmpty()) {
        failed++;
        failures.merge(reason(one.message()), 1, Integer::sum);
      }
      assertThat(next.ordered() ? shards.ordered() : shards.sorted())
          .as("seed %d: %s %s: %s", SEED + i, next.sql(), next.parameters(), shards.message())
          .isEqualTo(next.ordered() ? one.ordered() : one.sorted());
      if (i % 8 < 2 && one.count() < 0 && one.sqlState().isEmpty()) {
        partsRefused += inParts(extended, 1 + random.nextInt(40), next, one) ? 0 : 1;
        parts++;
      }
    }
    assertThat(parts).isGreaterThan(STATEMENTS / 10);
    assertThat(partsRefused).isLessThanOrEqualTo(parts / 50);
    int accepted = 100 * (STATEMENTS - refused) / STATEMENTS;
    System.out.printf(
        "sharding: %d statements, %d%% accepted, %d failed on both; refused:%n",
        STATEMENTS, accepted, failed);
    failures.forEach((reason, count) -> System.out.printf("  both %5d %s%n", count, reason));
    refusals.forEach((reason, count) -> System.out.printf("  %5d %s%n", count, reason));
    // What is served may only become more.
    assertThat(accepted).isGreaterThanOrEqualTo(95);
    assertThat(failed).isLessThan(STATEMENTS / 10);
  }

  /**
   * The rows of a query are the same if they are fetched a few at a time, unless it writes. Whole
   * rows are refused, as they are collected for that, and a collected row is of no table's type.
   *
   * @return false if it is refused
   */
  private static boolean inParts(
      boolean extended, int size, RandomShardSql.Statement query, ShardedPair.Outcome one)
      throws SQLException {
    if (query.sql().startsWith("INSERT")
        || query.sql().startsWith("UPDATE")
        || query.sql().startsWith("DELETE")) {
      return true;
    }
    ShardedPair.Outcome shards =
        pair().inParts(extended, size, query.sql(), query.parameters().toArray());
    if (shards.message().contains("the columns would be of other types")) {
      return false;
    }
    assertThat(query.ordered() ? shards.ordered() : shards.sorted())
        .as("%d at a time: %s %s: %s", size, query.sql(), query.parameters(), shards.message())
        .isEqualTo(query.ordered() ? one.ordered() : one.sorted());
    return true;
  }

  private static void sameContents(String what) throws SQLException {
    List<List<String>> contents = pair().contents();
    List<String> missing = new ArrayList<>(contents.get(1));
    List<String> wrong = new ArrayList<>();
    contents
        .get(0)
        .forEach(row -> {
          if (!missing.remove(row)) {
            wrong.add(row);
          }
        });
    assertThat(List.of(missing, wrong)).as(what).isEqualTo(List.of(List.of(), List.of()));
  }

  @Test
  void random_writes_leave_the_rows_that_one_server_would_have_each_in_its_place()
      throws SQLException {
    int accepted = 0;
    for (int i = 0; i < WRITES; i++) {
      boolean extended = i % 2 == 0;
      accepted += same(SEED + 500_000 + i, extended) ? 1 : 0;
      if (i % 20 == 0) {
        sameContents("seed " + (SEED + 500_000 + i));
      }
    }
    sameContents("the end");
    System.out.printf("sharding: %d writes, %d accepted%n", WRITES, accepted);
    assertThat(accepted).isGreaterThan(WRITES * 8 / 10);
  }

  /** Whether the shards have accepted the write, with the outcome of one server. */
  private static boolean same(long seed, boolean extended) {
    RandomShardSql.Statement next = new RandomShardSql(seed, extended).nextWrite();
    Object[] parameters = next.parameters().toArray();
    ShardedPair.Outcome shards = pair().onShards(extended, next.sql(), parameters);
    if (shards.lacksKey() || shards.message().contains("the columns would be of other types")) {
      return false;
    }
    ShardedPair.Outcome one = pair().onOne(extended, next.sql(), parameters);
    assertThat(next.ordered() ? shards.ordered() : shards.sorted())
        .as("seed %d: %s %s: %s", seed, next.sql(), next.parameters(), shards.message())
        .isEqualTo(next.ordered() ? one.ordered() : one.sorted());
    return true;
  }

  @Test
  void random_transactions_end_as_on_one_server() throws SQLException {
    Random random = new Random(SEED);
    int committed = 0;
    for (int i = 0; i < WRITES / 5; i++) {
      boolean extended = i % 2 == 0;
      pair().both(extended, "BEGIN");
      boolean whole = true;
      for (int step = 0; step < 6 && whole; step++) {
        if (random.nextInt(4) == 0) {
          pair().both(extended, "SAVEPOINT s");
          whole = same(SEED + 700_000 + 10L * i + step, extended);
          if (random.nextBoolean()) {
            pair().both(extended, "ROLLBACK TO SAVEPOINT s");
            whole = true;
          }
        } else {
          whole = same(SEED + 800_000 + 10L * i + step, extended);
        }
      }
      boolean commits = whole && random.nextInt(4) > 0;
      committed += commits ? 1 : 0;
      pair().both(extended, commits ? "COMMIT" : "ROLLBACK");
      sameContents("transaction " + i);
    }
    System.out.printf("sharding: %d transactions, %d committed%n", WRITES / 5, committed);
    assertThat(committed).isGreaterThan(WRITES / 20);
  }

  private static String reason(String message) {
    int from = message.indexOf("proven right: ");
    String reason = message.substring(from < 0 ? 0 : from + 14).lines().findFirst().orElse("");
    return reason.replaceAll("\\{[^}]*}", "{...}").replaceAll("\\$\\d+", "\\$n");
  }

  /**
   * What others lose, double or misplace without a word: refused, or right. The names are of
   * pgdog's and pgcat's failures.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          multi-row INSERT to all shards | INSERT INTO orders (customer, id) VALUES (1, 900), (2, 900)
          NULL key duplicated | INSERT INTO people (name, age) VALUES (NULL, 1)
          INSERT without a key | INSERT INTO orders (id) VALUES (901)
          INSERT without columns | INSERT INTO people VALUES ('x', 1)
          text key that looks like a number | INSERT INTO people (name, age) VALUES ('123', 7)
          text key read back | SELECT name, age FROM people WHERE name = '123'
          UNION routed by its first arm | SELECT id FROM orders WHERE customer = 1 UNION ALL SELECT order_id FROM items WHERE customer = 2
          EXISTS routed by its inner key | SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.customer = 2)
          subquery routed by its inner key | SELECT id FROM orders WHERE id IN (SELECT order_id FROM items WHERE customer = 2)
          CTE routed by its inner key | WITH w AS (SELECT * FROM items WHERE customer = 2) SELECT o.id FROM orders o, w
          recursive CTE | WITH RECURSIVE r AS (SELECT id FROM orders WHERE customer = 1 UNION SELECT o.id FROM orders o, r WHERE o.id = r.id + 1) SELECT * FROM r
          key inside an expression | SELECT id FROM orders WHERE customer + 1 = 5
          LIMIT without ORDER BY | SELECT count(*) FROM (SELECT 1 FROM orders LIMIT 5) x
          OFFSET without LIMIT | SELECT count(*) FROM (SELECT 1 FROM orders OFFSET 5) x
          LIMIT pushed below GROUP BY | SELECT note, count(*) FROM orders GROUP BY note ORDER BY 2 DESC, 1 LIMIT 1
          GROUP BY without aggregate | SELECT note FROM orders GROUP BY note
          HAVING on each shard | SELECT note FROM orders GROUP BY note HAVING count(*) > 8
          aggregate in an expression | SELECT count(*) + 1 FROM orders
          window function | SELECT id, row_number() OVER (ORDER BY id) FROM orders
          ORDER BY what is not selected | SELECT note FROM orders ORDER BY id
          NULLS FIRST | SELECT amount FROM orders ORDER BY amount NULLS FIRST
          DISTINCT | SELECT DISTINCT note FROM orders
          count(distinct) | SELECT count(DISTINCT note) FROM orders
          cross-shard join | SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id
          OR taken for AND | SELECT id FROM orders WHERE customer = 5 OR note = 'n1'
          key on the right | SELECT id FROM orders WHERE 5 = customer
          key in parentheses | SELECT id FROM orders WHERE (customer = 5)
          key in quotes | SELECT id FROM orders WHERE customer = '5'
          negative key | SELECT id FROM orders WHERE customer = -5
          key in a schema | SELECT id FROM public.orders WHERE public.orders.customer = 5
          two keys | SELECT id FROM orders WHERE customer IN (1, 2, 3)
          two keys by OR | SELECT id FROM orders WHERE customer = 1 OR customer = 2
          two keys with an aggregate | SELECT count(*), sum(amount) FROM orders WHERE customer IN (1, 2)
          IN with GROUP BY hits a random shard | SELECT note, count(*) FROM orders WHERE customer IN (1, 2, 3) GROUP BY note
          array of keys | SELECT id FROM orders WHERE customer = ANY ('{1,2,NULL}')
          columns mixed with aggregates | SELECT customer, 1, count(*) + 1 AS n, max(note) FROM orders GROUP BY customer
          LIMIT 0 | SELECT id FROM orders LIMIT 0
          OFFSET beyond the end | SELECT id FROM orders OFFSET 500
          OFFSET skipped on each shard | SELECT id FROM orders WHERE customer < 9 ORDER BY id, customer OFFSET 3
          aggregate ordered and limited | SELECT customer, sum(amount) FROM orders GROUP BY customer ORDER BY 2 DESC, 1 LIMIT 2
          ORDER BY an expression | SELECT id FROM orders ORDER BY abs(id - 30), id, customer LIMIT 4
          ORDER BY text by its bytes | SELECT note FROM orders ORDER BY note DESC NULLS LAST, id LIMIT 9
          avg from averages | SELECT avg(amount), avg(id) FROM orders
          stddev of a text column's groups | SELECT tag, stddev(id), variance(amount) FROM orders GROUP BY tag ORDER BY tag
          DISTINCT ON | SELECT DISTINCT ON (note) note, id FROM orders ORDER BY note, id
          window per shard | SELECT id, sum(amount) OVER (PARTITION BY note ORDER BY id) FROM orders
          UNION keeps duplicates of shards | SELECT note FROM orders UNION SELECT what FROM items
          EXCEPT per shard | SELECT note FROM orders EXCEPT SELECT note FROM orders WHERE customer = 3
          INTERSECT per shard | SELECT note FROM orders WHERE customer < 4 INTERSECT SELECT note FROM orders WHERE customer > 6
          non-colocated subquery | SELECT id FROM orders o WHERE amount > (SELECT avg(amount) FROM orders x WHERE x.note = o.note)
          schema-qualified column | SELECT id FROM public.orders WHERE orders.customer = 4
          cast parameter's literal | SELECT id FROM orders WHERE customer = '5'::bigint
          EXPLAIN routed by half | EXPLAIN (COSTS off) SELECT id FROM orders WHERE customer = 5
          another column's value | SELECT id FROM orders WHERE id = 5
          key changed | UPDATE orders SET customer = 7 WHERE customer = 6
          key changed by a conflict | INSERT INTO orders (customer, id) VALUES (1, 1) ON CONFLICT DO NOTHING
          outer join from a reference table | SELECT c.code, i.what FROM countries c LEFT JOIN items i ON i.country = c.code
          full join | SELECT o.id, i.what FROM orders o FULL JOIN items i ON i.customer = o.customer
          ON of the preserved side | SELECT o.id FROM orders o LEFT JOIN items i ON o.customer = 5 AND i.customer = 5
          BETWEEN hides an equation | SELECT id FROM orders o WHERE o.id BETWEEN 1 AND o.customer AND true = (o.customer = 5)
          CASE hides an equation | SELECT id FROM orders WHERE CASE WHEN id > 5 AND customer = 5 THEN true ELSE true END
          NOT hides an equation | SELECT id FROM orders WHERE NOT customer = 5
          fraction | SELECT id FROM orders WHERE customer = 5.0
          number beyond bigint | SELECT id FROM orders WHERE customer = 99999999999999999999
          several statements | SELECT id FROM orders WHERE customer = 1; SELECT id FROM orders WHERE customer = 2
          TABLE | TABLE orders
          TABLE among others | SELECT code, title FROM countries UNION (TABLE countries) ORDER BY 1
          no columns | SELECT FROM orders ORDER BY id LIMIT 2
          ON of tables without the key | SELECT o.id FROM (SELECT 1 AS customer) d JOIN countries c ON customer = 1 JOIN orders o ON o.id > 0
          ON of the items behind a comma | SELECT o.id FROM orders o, (SELECT 1 AS customer) d JOIN countries c ON customer = 1
          ON in brackets | SELECT o.id FROM orders o LEFT JOIN ((SELECT 1 AS customer) d JOIN countries c ON customer = 1) ON true
          NATURAL JOIN | SELECT * FROM orders NATURAL JOIN items
          NATURAL JOIN of a reference table | SELECT * FROM items NATURAL LEFT JOIN (SELECT code AS country, title FROM countries) c
          NATURAL FULL JOIN | SELECT * FROM items NATURAL FULL JOIN orders
          NATURAL JOIN of one key | SELECT * FROM orders NATURAL JOIN items WHERE customer = 3
          join in brackets | SELECT * FROM orders o JOIN (items i LEFT JOIN countries c ON c.code = i.country) ON o.customer = i.customer
          brackets behind a LEFT JOIN | SELECT o.id, i.what, p.id FROM orders o LEFT JOIN (items i JOIN orders p USING (customer)) ON i.order_id = o.id
          USING with a name | SELECT o.id, j.customer FROM orders o JOIN items i USING (customer) AS j WHERE j.customer = 3
          reference rows of one shard | INSERT INTO countries SELECT what, country FROM items WHERE customer = 3
          catalog | SELECT o.id FROM orders o, pg_class c WHERE c.relname = 'orders_here'
          random | SELECT random() < 2, id FROM orders
          first key found wins, joined by OR | SELECT o.id FROM orders o JOIN items i ON i.customer = o.customer WHERE i.customer = 1 OR o.id = 2
          key of the second arm alone | SELECT note FROM orders WHERE id < 3 UNION SELECT what FROM items WHERE customer = 2
          key found in a CTE that is not read | WITH w AS (SELECT 1 FROM items WHERE customer = 2) SELECT id FROM orders
          key in HAVING | SELECT customer, count(*) FROM orders GROUP BY customer HAVING customer = 3
          key in a LATERAL | SELECT o.id, x.n FROM orders o, LATERAL (SELECT count(*) AS n FROM items i WHERE i.customer = 2) x
          GROUP BY a number of a column | SELECT note, count(*) FROM orders GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1
          OFFSET with LIMIT of groups | SELECT note, count(*) FROM orders GROUP BY note ORDER BY 2 DESC, 1 OFFSET 1 LIMIT 1
          HAVING without GROUP BY | SELECT count(*) FROM orders HAVING count(*) > 40
          HAVING over an average | SELECT note FROM orders GROUP BY note HAVING avg(amount) > 25
          an average in an expression | SELECT concat(round(avg(amount) * 2, 1), '%') FROM orders
          aggregates in CASE | SELECT CASE WHEN count(*) > 50 THEN max(note) ELSE min(note) END FROM orders
          FILTER on each shard | SELECT count(*) FILTER (WHERE paid), avg(id) FILTER (WHERE NOT paid) FROM orders
          rank over all shards | SELECT id, rank() OVER (ORDER BY amount DESC) FROM orders
          aggregate over a window | SELECT sum(count(*)) OVER () FROM orders GROUP BY note
          DISTINCT with LIMIT | SELECT count(*) FROM (SELECT DISTINCT note FROM orders LIMIT 3) x
          DISTINCT aggregate of a group | SELECT tag, count(DISTINCT customer), sum(DISTINCT id) FROM orders GROUP BY tag
          NULLS LAST descending | SELECT amount, id FROM orders ORDER BY amount DESC NULLS LAST, id
          order of infinities | SELECT day, id FROM orders ORDER BY day, id
          order of NaN | SELECT real, id FROM orders ORDER BY real DESC, id
          order of intervals | SELECT span, id FROM orders ORDER BY span, id
          order of arrays | SELECT nums, id FROM orders ORDER BY nums NULLS FIRST, id
          ORDER BY another collation | SELECT note FROM orders ORDER BY note COLLATE "C", id
          WITH TIES | SELECT small FROM orders ORDER BY small FETCH FIRST 2 ROWS WITH TIES
          UNION of three | SELECT note FROM orders UNION SELECT what FROM items UNION ALL SELECT name FROM people
          VALUES joined | SELECT o.id FROM (VALUES (1), (2)) v (k) JOIN orders o ON o.customer = v.k
          keys in VALUES | SELECT id FROM orders WHERE customer IN (VALUES (1), (2))
          keys in rows | SELECT id FROM orders WHERE (customer, id) IN ((1, 1), (2, 2))
          IS NOT DISTINCT FROM | SELECT id FROM orders WHERE customer IS NOT DISTINCT FROM 3
          IS NOT DISTINCT FROM NULL | SELECT id FROM orders WHERE customer IS NOT DISTINCT FROM NULL
          key in two conditions | SELECT id FROM orders WHERE customer = 1 AND customer = 2
          NULL among keys | SELECT id FROM orders WHERE customer IN (NULL, 3)
          NOT IN | SELECT id FROM orders WHERE customer NOT IN (1, 2)
          writing CTE | WITH w AS (INSERT INTO orders (customer, id) VALUES (3, 950) RETURNING id) SELECT * FROM w
          SELECT INTO | SELECT id INTO kept FROM orders
          random values on all shards | UPDATE countries SET title = random()::text WHERE code = 'de'
          clocks of each shard | UPDATE countries SET title = clock_timestamp()::text WHERE code = 'de'
          reference row by a function | INSERT INTO countries VALUES (gen_random_uuid()::text, 'x')
          INSERT of an expression as key | INSERT INTO orders (customer, id) VALUES (1 + 1, 960)
          INSERT of a query as key | INSERT INTO orders (customer, id) VALUES ((SELECT 3), 961)
          INSERT from another key | INSERT INTO orders (customer, id) SELECT order_id, 962 FROM items
          key changed to NULL | UPDATE orders SET customer = NULL WHERE id = 5
          key changed on several rows | UPDATE orders SET customer = customer + 1 WHERE id IN (7, 8)
          DELETE joined across shards | DELETE FROM items i USING orders o WHERE o.id = i.order_id AND o.customer <> i.customer AND o.id = 3
          UPDATE from another shard's rows | UPDATE items i SET what = o.note FROM orders o WHERE o.id = i.order_id AND o.id = 4
          UPDATE limited by a subquery | UPDATE orders SET paid = true WHERE id = (SELECT min(id) FROM orders)
          ON CONFLICT DO UPDATE | INSERT INTO orders (customer, id) VALUES (1, 1), (2, 2) ON CONFLICT DO NOTHING RETURNING id
          MERGE | MERGE INTO orders o USING items i ON o.customer = i.customer AND o.id = i.order_id WHEN MATCHED THEN DELETE
          no SQL | SELEC id FROM orders
          read after an unparsable text | SELECT count(*) FROM orders
          setval on one shard | SELECT setval('nowhere', 3)
          own function | SELECT id FROM orders WHERE nowhere(id)
          table of another schema | SELECT id FROM other.orders
          reference write | UPDATE countries SET title = 'x'
          locking | SELECT id FROM orders FOR UPDATE
          system column | SELECT tableoid::regclass::text FROM orders
          """)
  void what_others_answer_wrongly_is_right_or_refused(String failure, String sql) {
    ShardedPair.Outcome shards = pair().onShards(false, sql);
    if (shards.refused()) {
      return;
    }
    assertThat(shards.sorted()).as(failure).isEqualTo(pair().onOne(false, sql).sorted());
  }

  /** pgcat does not step over parameters ahead of the key's, and reads the key amid their bytes. */
  @Test
  void a_key_is_found_behind_parameters_of_any_length() {
    String sql = "SELECT id, note FROM orders WHERE note <> upper(?) AND customer = ? AND tag <> ?";
    for (long key = 0; key < 12; key++) {
      String longer = "x".repeat((int) key * 50);
      assertThat(pair().onShards(true, sql, longer, key, "").sorted())
          .as("key %d", key)
          .isEqualTo(pair().onOne(true, sql, longer, key, "").sorted());
    }
  }

  /** pgdog knows a text by its words alone, whatever search_path makes of its names. */
  @Test
  void a_text_means_what_the_search_path_of_its_session_makes_of_it() throws SQLException {
    String sql = "SELECT count(*) FROM orders WHERE customer = 3";
    ShardedPair.Outcome before = pair().onShards(false, sql);
    PROXY.postgres().execute(PROXY.shardDatabase(0), "CREATE SCHEMA aside");
    try (Connection other = PROXY.connect()) {
      ProxyUnderTest.run(other, "SET search_path TO aside");
      assertThatThrownBy(() -> ProxyUnderTest.value(other, sql))
          .extracting(thrown -> ((SQLException) thrown).getSQLState())
          .isIn("42P01", "0A000");
    }
    assertThat(pair().onShards(false, sql)).isEqualTo(before).isEqualTo(pair().onOne(false, sql));
  }

  /**
   * pgdog ends the client's session by them. In a session of its own: what the driver knows to be
   * deallocated comes as text the next time.
   */
  @Test
  void discard_and_deallocate_leave_the_session_in_the_extended_protocol() throws SQLException {
    String sql = "SELECT count(*) FROM orders";
    try (Connection client = PROXY.connect("prepareThreshold", "-1")) {
      for (String ends : List.of("DEALLOCATE ALL", "DISCARD PLANS", "RESET ALL")) {
        ProxyUnderTest.run(client, ends);
        assertThat(List.of("[" + ProxyUnderTest.value(client, sql) + "]"))
            .as(ends)
            .isEqualTo(pair().onOne(false, sql).rows());
      }
    }
  }

  /** pgcat keeps the shard of the first Bind of a prepared statement. */
  @Test
  void a_prepared_statement_goes_where_each_of_its_executions_belongs() {
    String sql = "SELECT id, note FROM orders WHERE customer = ?";
    for (long key = 0; key < 12; key++) {
      assertThat(pair().onShards(true, sql, key).sorted())
          .isEqualTo(pair().onOne(true, sql, key).sorted());
    }
  }

  /** pgcat takes any parameter for a key, and stays where the last statement was. */
  @Test
  void a_statement_without_a_key_goes_neither_by_other_parameters_nor_where_the_last_one_was() {
    for (int id = 0; id < 12; id++) {
      String keyed = "SELECT id FROM orders WHERE customer = " + id;
      String other = "SELECT id, customer FROM orders WHERE id = ?";
      assertThat(pair().onShards(true, keyed).sorted())
          .isEqualTo(pair().onOne(true, keyed).sorted());
      assertThat(pair().onShards(true, other, id).sorted())
          .isEqualTo(pair().onOne(true, other, id).sorted());
      assertThat(pair().onShards(true, "SELECT count(*) FROM orders"))
          .isEqualTo(pair().onOne(true, "SELECT count(*) FROM orders"));
    }
  }

  /** pgcat reads on over the end of a Bind with a NULL; pgdog sends it to all shards. */
  @Test
  void a_null_key_finds_nothing() {
    String sql = "SELECT id FROM orders WHERE customer = ?::bigint AND id = ?";
    for (Object[] values : new Object[][] {{null, 1}, {1L, null}, {null, null}}) {
      assertThat(pair().onShards(true, sql, values)).isEqualTo(pair().onOne(true, sql, values));
    }
  }

  /** pgdog leaves them unsorted, or fails, with values in the binary format. */
  @Test
  void binary_values_of_a_statement_prepared_before_are_merged() {
    List<String> statements =
        List.of(
            "SELECT count(*), sum(id), avg(amount), max(at), min(uid) FROM orders WHERE id < ?",
            "SELECT id, amount, at FROM orders WHERE id < ? ORDER BY amount DESC, id LIMIT 20",
            "SELECT note, count(*) FROM orders WHERE id < ? GROUP BY note ORDER BY 2 DESC, 1");
    for (int round = 0; round < 3; round++) {
      for (String sql : statements) {
        assertThat(pair().onShards(true, sql, 50 - round).ordered())
            .as(sql)
            .isEqualTo(pair().onOne(true, sql, 50 - round).ordered());
      }
    }
  }

  /** pgdog gives LIMIT rows of each shard, and skips OFFSET rows on each and once more. */
  @Test
  void limit_and_offset_without_an_order_leave_as_many_rows_as_on_one_server() {
    for (String end :
        List.of("LIMIT 5", "OFFSET 5", "LIMIT 4 OFFSET 3", "LIMIT 0", "FETCH FIRST 2 ROWS ONLY")) {
      String sql = "SELECT id FROM orders " + end;
      assertThat(pair().onShards(true, sql).rows())
          .as(sql)
          .hasSameSizeAs(pair().onOne(true, sql).rows());
    }
  }

  @Test
  void an_error_of_one_shard_is_the_statements_and_the_session_goes_on() {
    for (boolean extended : new boolean[] {false, true}) {
      String sql = "SELECT 1 / (o.id - 7) FROM orders o";

      assertThat(pair().onShards(extended, sql).sqlState()).isEqualTo("22012");
      assertThat(pair().onShards(extended, "SELECT o.id FROM orders o").sorted())
          .isEqualTo(pair().onOne(extended, "SELECT o.id FROM orders o").sorted());
    }
  }
}
