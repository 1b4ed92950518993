package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * TPC-C by warehouse over three shards: what its terminals do at the same time, a third of it on
 * two shards or three, leaves a database that is consistent as the standard asks. -D
 * pglynx.tpcc.transactions chooses how many transactions each of the terminals has.
 */
class TpccIT {
  private static final int TERMINALS = 6;
  private static final int TRANSACTIONS = Integer.getInteger("pglynx.tpcc.transactions", 40);

  @RegisterExtension
  static final ProxyUnderTest PROXY =
      ProxyUnderTest.deferring(TERMINALS)
          .general("two_phase_commit_dir = \"" + ShardTransactionsIT.directory() + "\"")
          .shards(TpccDatabase.SHARDS)
          .pool(TpccDatabase.pool());

  @BeforeAll
  static void create() {
    for (int shard = 0; shard < TpccDatabase.SHARDS; shard++) {
      TpccDatabase.create(PROXY.postgres(), PROXY.shardDatabase(shard), shard);
    }
  }

  /** A terminal of each warehouse, one of them in the simple protocol. */
  private static TpccClient.Done terminal(int warehouse) throws SQLException {
    Connection connection =
        PROXY.connect(
            "prepareThreshold",
            String.valueOf(warehouse % 3 + 1),
            "preferQueryMode",
            warehouse == 2 ? "simple" : "extended");
    try (TpccClient client = new TpccClient(connection, warehouse, 7_919L * warehouse)) {
      for (int i = 0; i < TRANSACTIONS; i++) {
        client.next();
      }
      return client.done();
    }
  }

  private static TpccClient.Done load() throws Exception {
    TpccClient.Done all = new TpccClient.Done();
    try (ExecutorService terminals = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<TpccClient.Done>> work = new ArrayList<>();
      for (int i = 1; i <= TERMINALS; i++) {
        int warehouse = i;
        work.add(() -> terminal(warehouse));
      }
      for (Future<TpccClient.Done> each : terminals.invokeAll(work)) {
        all.add(each.get());
      }
    }
    return all;
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.append(result.getString(i)).append(' ');
        }
        rows.add(row.toString().strip());
      }
      return rows;
    }
  }

  private static BigDecimal total(String sql) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int shard = 0; shard < TpccDatabase.SHARDS; shard++) {
      sum = sum.add(new BigDecimal(PROXY.postgres().value(PROXY.shardDatabase(shard), sql)));
    }
    return sum;
  }

  @Test
  void what_terminals_do_on_several_shards_at_once_leaves_the_database_consistent()
      throws Exception {
    Map<Integer, List<String>> broken = new TreeMap<>();
    try (Connection connection = PROXY.connect()) {
      assertThat(broken(connection)).as("before").isEmpty();

      long begun = System.nanoTime();
      TpccClient.Done done = load();
      System.out.printf(
          "TPC-C: %d new orders (%d lines from elsewhere, %d taken back), %d payments (%d for"
              + " customers of elsewhere), %d deliveries, %d reads, %d tried again, in %d ms%n",
          done.newOrders,
          done.remoteLines,
          done.rolledBack,
          done.payments,
          done.remotePayments,
          done.deliveries,
          done.reads,
          done.again,
          (System.nanoTime() - begun) / 1_000_000);

      broken.putAll(broken(connection));
      assertThat(broken).as("after").isEmpty();
      // And what the terminals were told is there, no more and no less.
      int customers = TpccDatabase.WAREHOUSES * TpccDatabase.DISTRICTS * TpccDatabase.CUSTOMERS;
      assertThat(total("SELECT count(*) FROM orders"))
          .isEqualByComparingTo(BigDecimal.valueOf(customers + done.newOrders));
      assertThat(total("SELECT count(*) FROM history"))
          .isEqualByComparingTo(BigDecimal.valueOf(customers + done.payments));
      assertThat(total("SELECT coalesce(sum(s_remote_cnt), 0) FROM stock"))
          .isEqualByComparingTo(BigDecimal.valueOf(done.remoteLines));
      assertThat(total("SELECT sum(w_ytd) FROM warehouse"))
          .isEqualByComparingTo(
              done.paid.add(BigDecimal.valueOf((long) TpccDatabase.WAREHOUSES * TpccDatabase.YTD)));
      assertThat(rows(connection, "SELECT count(*), sum(w_ytd) FROM warehouse"))
          .containsExactly(
              TpccDatabase.WAREHOUSES + " " + total("SELECT sum(w_ytd) FROM warehouse"));
      assertThat(done.remotePayments).isPositive();
      assertThat(done.remoteLines).isPositive();
      assertThat(done.deliveries).isPositive();
      assertThat(PROXY.valueOnServer("SELECT count(*) FROM pg_prepared_xacts")).isEqualTo("0");
    }
  }

  private static Map<Integer, List<String>> broken(Connection connection) throws SQLException {
    Map<Integer, List<String>> broken = new TreeMap<>();
    for (Map.Entry<Integer, String> condition : TpccDatabase.CONDITIONS.entrySet()) {
      List<String> rows = rows(connection, condition.getValue());
      if (!rows.isEmpty()) {
        broken.put(condition.getKey(), rows);
      }
    }
    return broken;
  }
}
