package org.pglynx.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.admin.Console.Answer;
import org.pglynx.proxy.config.PeerConfig;
import org.pglynx.proxy.pool.PoolSnapshot;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.stats.PoolCounters.Totals;
import org.pglynx.proxy.stats.Uses;

class AdminTablesTest {
  private static final long SECOND = 1_000_000_000L;

  private final FakeView view = new FakeView();
  private final Console console = new Console(view);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POOLS | database,user,cl_active,cl_waiting,cl_active_cancel_req,cl_waiting_cancel_req,"
            + "sv_active,sv_active_cancel,sv_being_canceled,sv_idle,sv_used,sv_tested,sv_login,"
            + "maxwait,maxwait_us,pool_mode,load_balance_hosts",
        "CLIENTS | type,user,database,replication,state,addr,port,local_addr,local_port,"
            + "connect_time,request_time,wait,wait_us,close_needed,ptr,link,remote_pid,tls,"
            + "application_name,prepared_statements,id",
        "SERVERS | type,user,database,replication,state,addr,port,local_addr,local_port,"
            + "connect_time,request_time,wait,wait_us,close_needed,ptr,link,remote_pid,tls,"
            + "application_name,prepared_statements,id",
        "DATABASES | name,host,port,database,force_user,pool_size,min_pool_size,"
            + "reserve_pool_size,server_lifetime,pool_mode,load_balance_hosts,max_connections,"
            + "current_connections,max_client_connections,current_client_connections,paused,"
            + "disabled",
        "STATS | database,total_server_assignment_count,total_xact_count,total_query_count,"
            + "total_received,total_sent,total_xact_time,total_query_time,total_wait_time,"
            + "total_client_parse_count,total_server_parse_count,total_bind_count,"
            + "total_client_login_count,avg_server_assignment_count,avg_xact_count,"
            + "avg_query_count,avg_recv,avg_sent,avg_xact_time,avg_query_time,avg_wait_time,"
            + "avg_client_parse_count,avg_server_parse_count,avg_bind_count,"
            + "avg_client_login_count",
        "STATS_TOTALS | database,server_assignment_count,xact_count,query_count,bytes_received,"
            + "bytes_sent,xact_time,query_time,wait_time,client_parse_count,server_parse_count,"
            + "bind_count,client_login_count",
        "STATS_AVERAGES | database,server_assignment_count,xact_count,query_count,bytes_received,"
            + "bytes_sent,xact_time,query_time,wait_time,avg_client_parse_count,"
            + "avg_server_parse_count,avg_bind_count,avg_client_login_count",
        "USERS | name,pool_size,reserve_pool_size,pool_mode,max_user_connections,"
            + "current_connections,max_user_client_connections,current_client_connections",
        "LISTS | list,items",
        "PEERS | peer_id,host,port,pool_size",
        "PEER_POOLS | peer_id,cl_active_cancel_req,cl_waiting_cancel_req,sv_active_cancel,sv_login",
        "CONFIG | key,value,default,changeable",
        "VERSION | version",
      })
  void columnsOfPgBouncerComeFirst(String topic, String columns) {
    Answer answer = console.ask("SHOW " + topic);

    assertThat(answer.columnNames()).startsWith(columns.split(","));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POOLS | cl_idle,cl_cancel_req",
        "CLIENTS | client_id,transaction_count,query_count,error_count,age_seconds,maxwait,"
            + "maxwait_us",
        "SERVERS | server_id,database_name,address_id,transaction_count,query_count,bytes_sent,"
            + "bytes_received,age_seconds,prepare_cache_hit,prepare_cache_miss,"
            + "prepare_cache_eviction,prepare_cache_size",
        "BANS | db,user,role,host,reason,ban_time,ban_duration_seconds,ban_remaining_seconds",
        "SHARDS | database,user,shard,server,role,sv_active,sv_idle,cl_waiting",
        "DATABASES | reserve_pool",
        "STATS | total_errors,avg_errors",
      })
  void furtherColumnsOfPgcatFollow(String topic, String columns) {
    Answer answer = console.ask("SHOW " + topic);

    assertThat(answer.columnNames()).contains(columns.split(",")).doesNotHaveDuplicates();
  }

  @Test
  void limits_of_clients_stand_beside_what_they_are_held_against() {
    Answer databases = console.ask("SHOW DATABASES");
    Answer users = console.ask("SHOW USERS");

    assertThat(databases.row(0))
        .containsEntry("max_client_connections", "100")
        .containsEntry("current_client_connections", "40");
    assertThat(users.row(0))
        .containsEntry("max_user_client_connections", "30")
        .containsEntry("current_client_connections", "29");
  }

  @Test
  void poolsCountClientsAndServersByState() {
    view.clients.addAll(
        List.of(
            FakeView.client(1, "anna", "active", 0),
            FakeView.client(2, "anna", "idle", 0),
            FakeView.client(3, "anna", "waiting", SECOND),
            FakeView.client(4, "ben", "idle", 0)));
    view.anna =
        new PoolSnapshot(
            List.of(
                FakeView.server(11, "active"),
                FakeView.server(12, "idle"),
                FakeView.server(13, "idle"),
                FakeView.server(14, "used")),
            2,
            1,
            3 * SECOND + 250_000);

    Answer answer = console.ask("SHOW POOLS");

    assertThat(answer.row(0))
        .containsEntry("database", "shop")
        .containsEntry("user", "anna")
        .containsEntry("cl_active", "2")
        .containsEntry("cl_idle", "1")
        .containsEntry("cl_waiting", "1")
        .containsEntry("sv_active", "1")
        .containsEntry("sv_idle", "2")
        .containsEntry("sv_used", "1")
        .containsEntry("sv_login", "2")
        .containsEntry("cl_active_cancel_req", "2")
        .containsEntry("sv_active_cancel", "2")
        .containsEntry("maxwait", "3")
        .containsEntry("maxwait_us", "250")
        .containsEntry("pool_mode", "transaction")
        .containsEntry("pool_size", "20");
    assertThat(answer.row(1)).containsEntry("user", "ben").containsEntry("cl_active", "1");
    assertThat(answer.rows()).hasSize(2);
  }

  @Test
  void peersAreAllProxiesAndPeerPoolsTheOthers() {
    view.peers.add(new PeerRow(new PeerConfig(1, "here", 6432, 20), 0, 0));
    view.peers.add(new PeerRow(new PeerConfig(2, "there", 6433, 5), 3, 7));

    assertThat(console.ask("SHOW PEERS").rows()).hasSize(2);
    assertThat(console.ask("SHOW PEERS").row(1))
        .containsEntry("peer_id", "2")
        .containsEntry("host", "there")
        .containsEntry("port", "6433")
        .containsEntry("pool_size", "5");
    assertThat(console.ask("SHOW PEER_POOLS").rows()).hasSize(1);
    assertThat(console.ask("SHOW PEER_POOLS").row(0))
        .containsEntry("peer_id", "2")
        .containsEntry("cl_active_cancel_req", "3")
        .containsEntry("cl_waiting_cancel_req", "7")
        .containsEntry("sv_active_cancel", "3");
  }

  @Test
  void clientsTellWhoAndWhereFrom() {
    view.clients.add(FakeView.client(255, "anna", "waiting", 2 * SECOND + 7_000));

    Answer answer = console.ask("SHOW CLIENTS");

    assertThat(answer.row(0))
        .containsEntry("type", "C")
        .containsEntry("user", "anna")
        .containsEntry("addr", "10.0.0.7")
        .containsEntry("port", "40123")
        .containsEntry("state", "waiting")
        .containsEntry("wait", "2")
        .containsEntry("wait_us", "7")
        .containsEntry("application_name", "psql")
        .containsEntry("tls", "TLSv1.3/TLS_AES_256_GCM_SHA384")
        .containsEntry("client_id", "0x000000FF")
        .containsEntry("age_seconds", "61")
        .containsEntry("error_count", "1")
        .containsEntry("prepared_statements", "3")
        .containsEntry("local_addr", "10.0.0.1")
        .containsEntry("local_port", "6432")
        .containsEntry("ptr", "0xc1255")
        .containsEntry("link", "");
    assertThat(answer.row(0).get("connect_time"))
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC");
  }

  @Test
  void serversTellTheirServerAndProcess() {
    view.anna = new PoolSnapshot(List.of(FakeView.server(4711, "idle")), 0, 0, 0);

    Answer answer = console.ask("SHOW SERVERS");

    assertThat(answer.rows()).hasSize(1);
    assertThat(answer.row(0))
        .containsEntry("addr", "db1")
        .containsEntry("port", "5433")
        .containsEntry("remote_pid", "4711")
        .containsEntry("state", "idle")
        .containsEntry("database", "shop")
        .containsEntry("database_name", "shop_db")
        .containsEntry("prepared_statements", "3")
        .containsEntry("tls", "TLSv1.3/TLS_AES_256_GCM_SHA384")
        .containsEntry("application_name", "psql")
        .containsEntry("assignment_count", "12")
        .containsEntry("local_addr", "10.0.0.1")
        .containsEntry("local_port", "54711")
        .containsEntry("ptr", "0x5e4711")
        .containsEntry("link", "")
        .containsEntry("request_time", null)
        .containsEntry("close_needed", "0");
  }

  @Test
  void a_client_and_the_server_that_it_has_name_each_other() {
    view.clients.add(FakeView.client(7, "anna", "active", 0));
    view.anna =
        new PoolSnapshot(
            List.of(FakeView.server(11, "active"), FakeView.server(12, "used")), 0, 0, 0);

    assertThat(console.ask("SHOW CLIENTS").row(0))
        .containsEntry("ptr", "0xc17")
        .containsEntry("link", "0x5e11");
    assertThat(console.ask("SHOW SERVERS").row(0))
        .containsEntry("ptr", "0x5e11")
        .containsEntry("link", "0xc17")
        .doesNotContainEntry("request_time", null);
    assertThat(console.ask("SHOW SERVERS").row(1))
        .containsEntry("link", "")
        .containsEntry("close_needed", "1");
    assertThat(console.ask("SHOW SOCKETS WHERE type = 'S' AND link <> ''").row(0))
        .containsEntry("addr", "db1")
        .containsEntry("port", "5433")
        .containsEntry("ptr", "0x5e11")
        .containsEntry("link", "0xc17");
  }

  @Test
  void databasesTellWhereEachUserLeads() {
    Answer answer = console.ask("SHOW DATABASES");

    assertThat(answer.row(1))
        .containsEntry("name", "shop")
        .containsEntry("host", "db1")
        .containsEntry("database", "shop_db")
        .containsEntry("force_user", "ben")
        .containsEntry("pool_size", "5")
        .containsEntry("server_lifetime", "3600")
        .containsEntry("pool_mode", "session")
        .containsEntry("server_user", "app");
  }

  @Test
  void databasesAndUsersTellTheLimitsOfTheirServerConnectionsAndHowFarTheyAreUsed() {
    view.anna = new PoolSnapshot(List.of(FakeView.server(1, "idle")), 2, 0, 0);
    view.ben = new PoolSnapshot(List.of(FakeView.server(2, "active")), 0, 0, 0);

    assertThat(console.ask("SHOW DATABASES").row(0))
        .containsEntry("pool_size", "20")
        .containsEntry("reserve_pool_size", "2")
        .containsEntry("reserve_pool", "2")
        .containsEntry("max_connections", "15")
        .as("of both users")
        .containsEntry("current_connections", "4");
    assertThat(console.ask("SHOW USERS").row(0))
        .containsEntry("pool_size", "20")
        .containsEntry("reserve_pool_size", "2")
        .containsEntry("max_user_connections", "30")
        .containsEntry("current_connections", "3");
  }

  @Test
  void statsSumTheUsersOfADatabase() {
    view.annaTotals =
        new Totals(10, 8, 1000, 5000, 4, 6_000, 80_000, 4_900_000, 1, new Uses(7, 5, 30, 2));
    view.benTotals = new Totals(1, 1, 100, 500, 1, 1_000, 20_000, 100_000, 0);

    Answer answer = console.ask("SHOW STATS");

    assertThat(answer.rows()).hasSize(1);
    assertThat(answer.row(0))
        .containsEntry("database", "shop")
        .containsEntry("total_query_count", "11")
        .containsEntry("total_xact_count", "9")
        .containsEntry("total_received", "1100")
        .containsEntry("total_sent", "5500")
        .containsEntry("total_xact_time", "100")
        .containsEntry("total_wait_time", "7")
        .containsEntry("total_errors", "1")
        .containsEntry("total_query_time", "5000")
        .containsEntry("total_client_parse_count", "7")
        .containsEntry("total_server_parse_count", "5")
        .containsEntry("total_bind_count", "30")
        .containsEntry("total_client_login_count", "2");
    assertThat(console.ask("SHOW STATS_TOTALS").row(0)).containsEntry("bind_count", "30");
    assertThat(console.ask("SHOW TOTALS WHERE name = 'total_ps_bind_count'").row(0))
        .containsEntry("value", "30");
  }

  @Test
  void configNamesGeneralSettingsAsPgBouncerDoes() {
    Answer answer = console.ask("SHOW CONFIG");

    assertThat(answer.row(0))
        .isEqualTo(Map.of("key", "port", "value", "6432", "default", "6432", "changeable", "no"));
    assertThat(answer.row(1)).containsEntry("key", "pools.shop.pool_mode");
  }

  @Test
  void listsCountEverything() {
    view.clients.add(FakeView.client(1, "anna", "idle", 0));
    view.anna =
        new PoolSnapshot(
            List.of(FakeView.server(1, "active"), FakeView.server(2, "idle")), 1, 0, 0);
    view.loginClients = 4;

    Answer answer = console.ask("SHOW LISTS");

    assertThat(answer.rows().stream().map(row -> text(row.get(0)) + "=" + text(row.get(1))))
        .contains(
            "databases=1",
            "users=2",
            "pools=2",
            "used_clients=1",
            "login_clients=4",
            "free_servers=1",
            "used_servers=2");
  }

  private static String text(byte @Nullable [] value) {
    return new String(Objects.requireNonNull(value), StandardCharsets.UTF_8);
  }

  @Test
  void modelsAreSortedByProject() {
    view.models.add(new ModelRow("shop", "z", 2, "ridge", 100, 0, "db1:5433/shop_db"));
    view.models.add(new ModelRow("shop", "a", 1, "xgboost", 9000, 17, "db1:5433/shop_db"));

    Answer answer = console.ask("SHOW MODELS");

    assertThat(answer.row(0))
        .containsEntry("project", "a")
        .containsEntry("model_id", "1")
        .containsEntry("algorithm", "xgboost")
        .containsEntry("bytes", "9000")
        .containsEntry("predictions", "17");
    assertThat(answer.row(1)).containsEntry("project", "z");
  }

  @Test
  void routingIsShownWithHowOftenTextsWereKnown() {
    Answer answer = console.ask("SHOW ROUTING");

    assertThat(answer.row(0))
        .containsEntry("database", "shop")
        .containsEntry("server_role", "auto")
        .containsEntry("replica", "30")
        .containsEntry("primary", "10")
        .containsEntry("retried", "1")
        .containsEntry("hit_percent", "75")
        .containsEntry("parse_failures_total", "2")
        .containsEntry("functions", "2448");
  }

  @Test
  void mirrorsAreShownWithWhatTheyHaveMissed() {
    Answer answer = console.ask("SHOW MIRRORS");

    assertThat(answer.row(0))
        .containsEntry("database", "shop")
        .containsEntry("host", "new1")
        .containsEntry("mirrors", "db1:5433")
        .containsEntry("begun", "12")
        .containsEntry("done", "9")
        .containsEntry("dropped", "2")
        .containsEntry("waiting_bytes", "640");
  }

  @Test
  void predictionsAreShownForEachProjectAndWay() {
    view.predictions.add(prediction("z", "streamed", 2, 5000, 1_000_000));
    view.predictions.add(prediction("a", "streamed", 1, 10, 0));
    view.predictions.add(prediction("a", "answered", 7, 7, 7_000));

    Answer answer = console.ask("SHOW PREDICTIONS");

    assertThat(answer.row(0))
        .containsEntry("database", "shop")
        .containsEntry("project", "a")
        .containsEntry("way", "answered")
        .containsEntry("calls", "7")
        .containsEntry("rows", "7")
        .containsEntry("rows_per_second", "1000000")
        .containsEntry("p50", "0")
        .containsEntry("p99", "0");
    assertThat(answer.row(1))
        .containsEntry("way", "streamed")
        .containsEntry("rows_per_second", "0");
    assertThat(answer.row(2))
        .containsEntry("project", "z")
        .containsEntry("rows_per_second", "5000000")
        .containsEntry("server", "db1:5433/s");
  }

  private static PredictionRow prediction(
      String project, String way, long calls, long rows, long nanos) {
    return new PredictionRow(
        "shop",
        project,
        way,
        calls,
        rows,
        nanos,
        org.pglynx.proxy.stats.Distribution.NONE,
        "db1:5433/s");
  }

  @Test
  void transactionsOfSeveralShardsAreShownUntilTheyHaveEnded() {
    view.transactions.add(new TransactionRow("pglynx_00_11", "shop", "alice", "left", "0,2", 7));

    Answer answer = console.ask("SHOW TRANSACTIONS");

    assertThat(answer.row(0))
        .containsEntry("name", "pglynx_00_11")
        .containsEntry("state", "left")
        .containsEntry("shards", "0,2")
        .containsEntry("seconds", "7");
  }

  @Test
  void trainingsAreShownWithHowFarTheyAre() {
    view.trainings.add(
        new TrainingRow(
            3,
            "shop",
            "anna",
            "p",
            17,
            "xgboost",
            "training",
            442,
            "7/50",
            12,
            4096,
            "db1:5433/s"));

    Answer answer = console.ask("SHOW TRAININGS");

    assertThat(answer.row(0))
        .containsEntry("id", "3")
        .containsEntry("user", "anna")
        .containsEntry("model_id", "17")
        .containsEntry("state", "training")
        .containsEntry("rows", "442")
        .containsEntry("rounds", "7/50")
        .containsEntry("seconds", "12")
        .containsEntry("bytes", "4096");
  }

  @Test
  void numbersComeInBinaryWhenAskedFor() {
    Arguments binary = new Arguments(new byte[0][], new short[0], new short[] {0, 1});

    Answer answer = console.ask("SHOW LISTS", binary);

    assertThat(ByteBuffer.wrap(Objects.requireNonNull(answer.rows().get(1).get(1))).getLong())
        .isEqualTo(2);
  }
}
