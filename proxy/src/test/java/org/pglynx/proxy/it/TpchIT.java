package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The queries of TPC-H over three shards have the results of one PostgreSQL. */
class TpchIT {
  private static final int SHARDS = 3;

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(2)
          .shards(SHARDS)
          .pool(
              "reference_tables = [\"nation\", \"region\"]",
              sharded("orders", "o_orderkey"),
              sharded("lineitem", "l_orderkey"),
              sharded("customer", "c_custkey"),
              sharded("part", "p_partkey"),
              sharded("partsupp", "ps_partkey"),
              sharded("supplier", "s_suppkey"));

  /** Each with its key, its columns, and the rows: all figures of a number {@code i}. */
  private static final Map<String, List<String>> TABLES = tables();

  private static String single = "";

  private static String sharded(String table, String column) {
    return "[[pools.app.sharded_tables]]\nname = \"%s\"\ncolumns = [\"%s\"]"
        .formatted(table, column);
  }

  private static Map<String, List<String>> tables() {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    tables.put(
        "region",
        List.of(
            "",
            "r_regionkey int, r_name text",
            "SELECT i, (ARRAY['AFRICA','AMERICA','ASIA','EUROPE','MIDDLE EAST'])[i + 1]"
                + " FROM generate_series(0, 4) i"));
    tables.put(
        "nation",
        List.of(
            "",
            "n_nationkey int, n_name text, n_regionkey int",
            "SELECT i, (ARRAY['ALGERIA','BRAZIL','CHINA','FRANCE','EGYPT','KENYA','CANADA','INDIA',"
                + "'GERMANY','IRAN'])[i + 1], i % 5 FROM generate_series(0, 9) i"));
    tables.put(
        "supplier",
        List.of(
            "s_suppkey",
            "s_suppkey bigint, s_name text, s_address text, s_nationkey int, s_phone text,"
                + " s_acctbal numeric(15,2), s_comment text",
            "SELECT i::bigint AS k, 'Supplier#' || lpad(i::text, 9, '0'), 'street ' || i, i % 10,"
                + " (10 + i % 25) || '-555-' || i, (i * 7919 % 100000) / 10.0,"
                + " CASE WHEN i % 7 = 0 THEN 'Customer for Complaints' ELSE 'quiet' END"
                + " FROM generate_series(1, 20) i"));
    tables.put(
        "customer",
        List.of(
            "c_custkey",
            "c_custkey bigint, c_name text, c_address text, c_nationkey int, c_phone text,"
                + " c_acctbal numeric(15,2), c_mktsegment text, c_comment text",
            "SELECT i::bigint AS k, 'Customer#' || lpad(i::text, 9, '0'), 'road ' || i, (i * 7 + i / 10) % 10,"
                + " (10 + i % 25) || '-444-' || i, (i * 104729 % 11000) - 1000 + i / 100.0,"
                + " (ARRAY['BUILDING','AUTOMOBILE','MACHINERY'])[i % 3 + 1], 'comment ' || i"
                + " FROM generate_series(1, 120) i"));
    tables.put(
        "part",
        List.of(
            "p_partkey",
            "p_partkey bigint, p_name text, p_mfgr text, p_brand text, p_type text, p_size int,"
                + " p_container text",
            "SELECT i::bigint AS k, (ARRAY['forest','green','lemon'])[i % 3 + 1] || ' part ' || i,"
                + " 'Manufacturer#' || i % 5, (ARRAY['Brand#12','Brand#23','Brand#45'])[i % 3 + 1],"
                + " (ARRAY['PROMO','ECONOMY','MEDIUM POLISHED'])[i / 2 % 3 + 1] ||"
                + " (ARRAY[' BRASS',' TIN'])[i % 2 + 1], (ARRAY[49,14,23,3,9,25])[i % 6 + 1],"
                + " (ARRAY['MED BOX','SM CASE','SM BOX','MED BAG'])[i % 4 + 1]"
                + " FROM generate_series(1, 60) i"));
    tables.put(
        "partsupp",
        List.of(
            "ps_partkey",
            "ps_partkey bigint, ps_suppkey bigint, ps_availqty int, ps_supplycost numeric(15,2)",
            "SELECT i::bigint AS k, 1 + (i + j * 5) % 20, i * 37 % 500, (i * 31 + j * 17) % 900 / 9.0"
                + " FROM generate_series(1, 60) i, generate_series(0, 3) j"));
    tables.put(
        "orders",
        List.of(
            "o_orderkey",
            "o_orderkey bigint, o_custkey bigint, o_orderstatus text, o_totalprice numeric(15,2),"
                + " o_orderdate date, o_orderpriority text, o_shippriority int, o_comment text",
            "SELECT i::bigint AS k, 1 + i * 7 % 90, (ARRAY['F','O','P'])[i % 3 + 1],"
                + " i * 7877 % 50000 / 7.0, date '1992-01-01' + i * 13 % 2400,"
                + " (ARRAY['1-URGENT','2-HIGH','3-MEDIUM','5-LOW'])[i % 4 + 1], 0,"
                + " CASE WHEN i % 11 = 0 THEN 'special fast requests' ELSE 'none' END"
                + " FROM generate_series(1, 400) i"));
    tables.put(
        "lineitem",
        List.of(
            "l_orderkey",
            "l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int,"
                + " l_quantity numeric(15,2), l_extendedprice numeric(15,2),"
                + " l_discount numeric(15,2), l_tax numeric(15,2), l_returnflag text,"
                + " l_linestatus text, l_shipdate date, l_commitdate date, l_receiptdate date,"
                + " l_shipinstruct text, l_shipmode text",
            "SELECT i::bigint AS k, 1 + (i + j) * 11 % 60, 1 + ((i + j) * 11 % 60 + 1 + j * 5) % 20,"
                + " j, 1 + (i * 13 + j * 7) % 50, (i * 131 + j * 977) % 90000 / 10.0,"
                + " (i + j) % 11 / 100.0, j % 9 / 100.0, (ARRAY['R','A','N'])[(i + j) % 3 + 1],"
                + " (ARRAY['O','F'])[(i + j) % 2 + 1], date '1992-01-01' + i * 13 % 2400 + j * 9,"
                + " date '1992-01-01' + i * 13 % 2400 + 30 + j % 3,"
                + " date '1992-01-01' + i * 13 % 2400 + j * 13 - i % 4 * 11,"
                + " (ARRAY['DELIVER IN PERSON','NONE'])[i % 2 + 1],"
                + " (ARRAY['MAIL','SHIP','AIR','REG AIR'])[(i + j + 1) % 4 + 1]"
                + " FROM generate_series(1, 400) i, generate_series(1, 5) j"));
    return tables;
  }

  @BeforeAll
  static void fill() {
    TestPostgres server = PROXY.postgres();
    single = server.createDatabase("tpch");
    TABLES.forEach((name, table) -> {
      server.execute(
          single,
          "CREATE TABLE %s (%s)".formatted(name, table.get(1)),
          "INSERT INTO %s %s".formatted(name, table.get(2)));
      for (int shard = 0; shard < SHARDS; shard++) {
        shard(server, name, table, shard);
      }
    });
  }

  private static void shard(TestPostgres server, String name, List<String> table, int shard) {
    String key = table.get(0);
    String insert = "INSERT INTO %s %s".formatted(name, table.get(2));
    if (key.isEmpty()) {
      server.execute(
          PROXY.shardDatabase(shard), "CREATE TABLE %s (%s)".formatted(name, table.get(1)), insert);
      return;
    }
    server.execute(
        PROXY.shardDatabase(shard),
        "CREATE TABLE %s (%s) PARTITION BY HASH (%s)".formatted(name, table.get(1), key),
        "CREATE TABLE %s_here PARTITION OF %s FOR VALUES WITH (MODULUS %d, REMAINDER %d)"
            .formatted(name, name, SHARDS, shard),
        "INSERT INTO %s SELECT * FROM (%s) r WHERE satisfies_hash_partition('%s'::regclass, %d, %d, r.k)"
            .formatted(name, table.get(2), name, SHARDS, shard));
  }

  @AfterAll
  static void end() {
    PROXY.postgres().dropDatabase(single);
  }

  private static List<String> queries() throws IOException {
    try (InputStream in = TpchIT.class.getResourceAsStream("/tpch.sql")) {
      String text =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("(?m)^--.*$", "");
      return List.of(text.strip().split(";\\s*"));
    }
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.append(result.getString(i)).append('|');
        }
        rows.add(row.toString());
      }
      return rows;
    }
  }

  @Test
  void each_query_has_the_rows_of_one_server_in_their_order() throws Exception {
    String direct = "jdbc:postgresql://127.0.0.1:" + PROXY.postgres().port() + "/" + single;
    List<String> queries = queries();
    assertThat(queries).hasSize(22);
    List<String> refused = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    try (Connection one = DriverManager.getConnection(direct, "postgres", "");
        Connection shards = PROXY.connect()) {
      for (int i = 0; i < queries.size(); i++) {
        List<String> expected = rows(one, queries.get(i));
        try {
          assertThat(rows(shards, queries.get(i))).as("query %d", i + 1).isEqualTo(expected);
        } catch (SQLException e) {
          refused.add((i + 1) + ": " + e.getMessage());
        }
        if (expected.isEmpty() || expected.equals(List.of("null|"))) {
          empty.add(String.valueOf(i + 1));
        }
      }
    }
    assertThat(refused).isEmpty();
    // A comparison of nothing proves nothing.
    assertThat(empty).isEmpty();
  }
}
