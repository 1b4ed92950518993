package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unit: each kind of fault, with its exact place and text. */
class ConfigFaultTest {
  /** A good file of ten lines; tests append a line or replace one. */
  private static final String GOOD =
      """
      [pools.shop]
      [pools.shop.users.0]
      username = "anna"
      password = "s3cret"
      pool_size = 5
      [pools.shop.shards.0]
      database = "shop_db"
      servers = [["db1", 5432, "primary"]]
      [general]
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "prot = 1 | general.prot: unknown key; did you mean \"port\"?",
        "workers = 1 | general.workers: unknown key",
        "port = 70000 | general.port: 70000 is out of range; allowed is 0 to 65535",
        "port = -1 | general.port: -1 is out of range; allowed is 0 to 65535",
        "port = \"6432\" | general.port: expected a whole number, found the text \"6432\"",
        "port = 1.5 | general.port: expected a whole number, found the number 1.5",
        "port = [1] | general.port: expected a whole number, found a list",
        "host = true | general.host: expected a text in quotes, found true",
        "host = \"\" | general.host: must not be empty; \"0.0.0.0\" listens on every address",
        "host = 2026-01-01 | general.host: expected a text in quotes, found the date or time"
            + " 2026-01-01",
        "log_client_connections = 1 | general.log_client_connections: expected true or false, found"
            + " the number 1",
        "transport = \"io_urin\" | general.transport: \"io_urin\" is not one of \"auto\","
            + " \"epoll\", \"io_uring\", \"nio\"; did you mean \"io_uring\"?",
        "connect_timeout = 0 | general.connect_timeout: 0 is out of range; allowed is 1 to"
            + " 2147483647",
        "admin_username = \"boss\" | general.admin_username: needs admin_password, or"
            + " admin_auth_type = \"trust\"",
        "admin_password = \"x\" | general.admin_password: is given without admin_username",
        "client_tls_sslmode = \"verify\" | general.client_tls_sslmode: \"verify\" is not one of"
            + " \"disable\", \"allow\", \"prefer\", \"require\", \"verify-ca\", \"verify-full\"",
        "client_tls_sslmode = \"require\" | general.client_tls_sslmode: \"require\" needs"
            + " tls_certificate and tls_private_key",
        "tls_certificate = \"pom.xml\" | general.tls_certificate: tls_certificate and"
            + " tls_private_key need each other",
        "tls_private_key = \"pom.xml\" | general.tls_private_key: tls_certificate and"
            + " tls_private_key need each other",
        "server_tls_cert_file = \"pom.xml\" | general.server_tls_cert_file: server_tls_cert_file"
            + " and server_tls_key_file need each other",
        "server_tls_ca_file = \"pom.xml\" | general.server_tls_ca_file: checks nothing with"
            + " server_tls_sslmode \"disable\"; set that to \"verify-full\" or \"verify-ca\"",
        "server_tls_sslmode = \"verify-ca\" | general.server_tls_sslmode: \"verify-ca\" without"
            + " server_tls_ca_file would trust every site on the Internet; use \"verify-full\" or"
            + " name your authority",
        "reserve_pool_size = -1 | general.reserve_pool_size: -1 is out of range; allowed is 0 to"
            + " 10000",
        "reserve_pool_timeout = \"5s\" | general.reserve_pool_timeout: expected a whole number,"
            + " found the text \"5s\"",
        "reserve_pool_time = 5 | general.reserve_pool_time: unknown key; did you mean"
            + " \"reserve_pool_size\"?",
        "max_db_connections = 1.5 | general.max_db_connections: expected a whole number, found the"
            + " number 1.5",
        "max_db_conections = 5 | general.max_db_conections: unknown key; did you mean"
            + " \"max_db_connections\"?",
        "max_user_connections = -3 | general.max_user_connections: -3 is out of range; allowed is 0"
            + " to 1000000",
        "max_server_connections = true | general.max_server_connections: expected a whole number,"
            + " found true",
        "server_round_robin = 1 | general.server_round_robin: expected true or false, found the"
            + " number 1",
        "server_check_query = 1 | general.server_check_query: expected a text in quotes, found the"
            + " number 1",
        "server_check_query = \"SELECT\\u0000\" | general.server_check_query: a statement cannot"
            + " contain a NUL character",
        "server_check_delay = -1 | general.server_check_delay: -1 is out of range; allowed is 0 to"
            + " 2147483647",
        "healthcheck_timeout = 0 | general.healthcheck_timeout: 0 is out of range; allowed is 1 to"
            + " 2147483647",
        "dns_max_ttl = 0 | general.dns_max_ttl: 0 is out of range; allowed is 1 to 86400",
        "dns_max_tll = 5 | general.dns_max_tll: unknown key; did you mean \"dns_max_ttl\"?",
        "dns_cache_enabled = 1 | general.dns_cache_enabled: expected true or false, found the"
            + " number 1",
        "tcp_keepalive = 1 | general.tcp_keepalive: expected true or false, found the number 1",
        "tcp_keepintvl = 40000 | general.tcp_keepintvl: 40000 is out of range; allowed is 0 to"
            + " 32767",
        "peer_id = 1024 | general.peer_id: 1024 is out of range; allowed is 0 to 1023",
        "peer_id = -1 | general.peer_id: -1 is out of range; allowed is 0 to 1023",
        "query_timeout = -1 | general.query_timeout: -1 is out of range; allowed is 0 to"
            + " 2147483647",
        "transaction_timeout = \"1s\" | general.transaction_timeout: expected a whole number, found"
            + " the text \"1s\"",
        "client_tls_ca_file = \"no/such.crt\" | general.client_tls_ca_file: cannot read the file"
            + " \"no/such.crt\"",
      })
  void aBadGeneralKeyIsNamedWithItsPlace(String line, String message) {
    assertThat(faultsOf(GOOD + "  " + line)).containsExactly("p.toml:10:3: " + message);
  }

  /** GOOD and one more line of general; then peers from line 11 on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "# | [peers.1]; host = \"a\" | 9:1: general.peer_id: must say which of [peers] this proxy"
            + " is",
        "peer_id = 3 | [peers.1]; host = \"a\" | 10:1: general.peer_id: 3 is none of [peers]; the"
            + " table is the same for all of them, this proxy included",
        "peer_id = 1 | [peers.1]; host = \"a\"; [peers.01]; host = \"b\" | 13:1: peers.01: there is"
            + " a peer 1 already",
        "peer_id = 1 | [peers.1]; host = \"a\"; [peers.2]; host = \"a\" | 14:1: peers.2.host:"
            + " a:6432 is the address of peer 1 already",
        "peer_id = 1 | [peers.1]; host = \"a\"; [peers.0]; host = \"b\" | 13:1: peers.0: a peer's"
            + " name is its peer_id, 1 to 1023",
        "peer_id = 1 | [peers.1]; host = \"a\"; [peers.1024]; host = \"b\" | 13:1: peers.1024: a"
            + " peer's name is its peer_id, 1 to 1023",
        "peer_id = 1 | [peers.1]; host = \"a\"; [peers.two]; host = \"b\" | 13:1: peers.two: a"
            + " peer's name is its peer_id, 1 to 1023",
        "peer_id = 1 | [peers.1]; port = 6432 | 11:1: peers.1: the key \"host\" is missing",
        "peer_id = 1 | [peers.1]; host = \"a\"; port = 0 | 13:1: peers.1.port: 0 is out of range;"
            + " allowed is 1 to 65535",
        "peer_id = 1 | [peers.1]; host = \"a\"; pool_size = 0 | 13:1: peers.1.pool_size: 0 is out"
            + " of range; allowed is 1 to 1000",
        "peer_id = 1 | [peers.1]; host = \"a\"; pol_size = 5 | 13:1: peers.1.pol_size: unknown key;"
            + " did you mean \"pool_size\"?",
      })
  void aBadPeerIsNamedWithItsPlace(String general, String peers, String fault) {
    assertThat(faultsOf(GOOD + general + "\n" + peers.replace("; ", "\n")))
        .containsExactly("p.toml:" + fault);
  }

  /** Two processes of one address give ids at once, as in a rolling restart. */
  @ParameterizedTest
  @CsvSource({"'', '', 0", "peer_id = 7, '', 7", "peer_id = 7, unique_id_node = 3, 3"})
  void idsAreThoseOfThePeerUnlessTheirNodeIsGiven(String general, String pool, int node) {
    String sharded =
        GOOD.replace("[pools.shop]\n", "[pools.shop]\n" + pool + "\n")
            .replace(
                "[general]\n",
                """
                [pools.shop.shards.1]
                database = "shop_db"
                servers = [["db2", 5432, "primary"]]
                [general]
                """);

    ProxyConfig config = ConfigLoader.parse(sharded + general, "p.toml");

    assertThat(config.pools().get("shop"))
        .extracting(shop -> shop.sharding().uniqueIdNode())
        .isEqualTo(node);
  }

  /** What can be seen in one file of processes that would give the same ids. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unique_id_node = 3 | peer_id = 7 | must be the peer_id where there are [peers], or two of"
            + " them could give the same ids; remove it",
        "# none | so_reuseport = true | another process on the port (so_reuseport) would give the"
            + " same ids by pglynx.unique_id(): give each its own peer_id",
      })
  void processesThatWouldGiveTheSameIdsAreRefused(String pool, String general, String fault) {
    String peers =
        general.contains("peer_id") ? "[peers.7]\nhost = \"a\"\n[peers.3]\nhost = \"b\"\n" : "";
    String sharded =
        GOOD.replace("[pools.shop]\n", "[pools.shop]\n" + pool + "\n")
            .replace(
                "[general]\n",
                """
                [pools.shop.shards.1]
                database = "shop_db"
                servers = [["db2", 5432, "primary"]]
                [general]
                """);

    assertThat(faultsOf(sharded + general + "\n" + peers))
        .singleElement()
        .asString()
        .endsWith("pools.shop.unique_id_node: " + fault);
  }

  @Test
  void aSharedPortWithoutPeersIsTold() {
    assertThat(ConfigLoader.parse(GOOD + "so_reuseport = true\n", "p.toml").notices())
        .singleElement()
        .asString()
        .contains("general.so_reuseport: a cancel request may come to another process");
    assertThat(ConfigLoader.parse(GOOD + "so_reuseport = true\npeer_id = 1\n", "p.toml").notices())
        .isEmpty();
  }

  @Test
  void twoNamesOfOneLimitAreOneTooMany() {
    String both = "idle_transaction_timeout = 5\nidle_client_in_transaction_timeout = 5\n";

    assertThat(faultsOf(GOOD + both))
        .containsExactly(
            "p.toml:11:1: general.idle_client_in_transaction_timeout: means the same as"
                + " idle_transaction_timeout; keep one of them");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "enable_prometheus_exporter = false | enable_prometheus_exporter: false, but http_port ="
            + " 8080 serves the metrics; remove one of them",
        "prometheus_exporter_port = 9930 | prometheus_exporter_port: metrics are served at"
            + " http_port = 8080; remove one of them",
      })
  void two_answers_about_where_metrics_are_served_are_one_too_many(String line, String message) {
    assertThat(faultsOf(GOOD + "http_port = 8080\n" + line + "\n"))
        .containsExactly("p.toml:11:1: general." + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "http_port = 70000 | general.http_port: 70000 is out of range; allowed is -1 to 65535",
        "autoreload = 15 | general.autoreload: must be 0, or 100 milliseconds at least",
      })
  void aKeyOfPgcatThatIsNotServedYetIsRefusedByName(String line, String message) {
    assertThat(faultsOf(GOOD + line.replace("\\n", "\n")))
        .containsExactly("p.toml:10:1: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "default_role = \"replica\" | default_role: \"replica\" needs a replica, and the pool has one"
            + " server",
        "query_parser_read_write_splitting = true | query_parser_read_write_splitting: needs"
            + " query_parser_enabled = true",
        "db_activity_based_routing = true | db_activity_based_routing: needs"
            + " query_parser_read_write_splitting = true",
        "session_split = true | session_split: needs query_parser_read_write_splitting = true",
        "log_client_parameter_status_changes = true | log_client_parameter_status_changes is not"
            + " served yet; remove it or set it to false",
      })
  void aPoolKeyOfPgcatThatIsNotServedYetIsRefusedByName(String line, String message) {
    String toml =
        """
        [pools.shop]
        %s
        users.0.username = "anna"
        users.0.password = "s3cret"
        users.0.pool_size = 5
        shards.0.database = "shop_db"
        shards.0.servers = [["db1", 5432, "primary"]]
        """
            .formatted(line);

    assertThat(faultsOf(toml)).singleElement().asString().startsWith("p.toml:2:");
    assertThat(faultsOf(toml)).singleElement().asString().endsWith(": pools.shop." + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "pool_size = 5 | pool_size = 0 | 5:1: pools.shop.users.0.pool_size: 0 is out of range;"
            + " allowed is 1 to 10000",
        "pool_size = 5 | min_pool_size = 0 | 2:1: pools.shop.users.0: the key \"pool_size\" is"
            + " missing",
        "pool_size = 5 | pool_size=1;min_pool_size=2 | 6:1: pools.shop.users.0.min_pool_size: 2 is"
            + " more than pool_size 1",
        "password = \"s3cret\" | password = \"a\\u0000b\" | 4:1: pools.shop.users.0.password: a"
            + " password cannot contain a NUL character",
        "username = \"anna\" | username ="
            + " \"uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\" | 3:1:"
            + " pools.shop.users.0.username: a name is cut to 63 bytes, as PostgreSQL does; shorten"
            + " it",
        "username = \"anna\" | username = \"\" | 3:1: pools.shop.users.0.username: must not be"
            + " empty",
        "password = \"s3cret\" | auth_type = \"md5\" | 2:1: pools.shop.users.0.password: is missing"
            + " or empty, and auth_type \"md5\" needs it",
        "password = \"s3cret\" | auth_type = \"pam\";password = \"x\" | 4:1:"
            + " pools.shop.users.0.auth_type: \"pam\" is not one of \"trust\", \"md5\","
            + " \"scram-sha-256\", \"password\", \"cert\"",
        "pool_size = 5 | pool_size=5;pool_mode=\"query\" | 6:1: pools.shop.users.0.pool_mode:"
            + " \"query\" is not one of \"transaction\", \"statement\", \"session\"",
        "[pools.shop.shards.0] | [pools.shop.shards.one] | 6:1: pools.shop.shards.one: a shard's"
            + " name is its number, counted from 0",
        "[[\"db1\", 5432, \"primary\"]] | [] | 8:1: pools.shop.shards.0.servers: must name a"
            + " server: [[\"host\", 5432, \"primary\"]]",
        "[[\"db1\", 5432, \"primary\"]] | [[\"db1\", 0, \"primary\"]] | 8:12:"
            + " pools.shop.shards.0.servers[0]: port 0 is out of range; allowed is 1 to 65535",
        "[[\"db1\", 5432, \"primary\"]] | [[\"db1\", 5432, \"primry\"]] | 8:12:"
            + " pools.shop.shards.0.servers[0]: role \"primry\" is not one of \"primary\","
            + " \"replica\", \"auto\"",
        "[[\"db1\", 5432, \"primary\"]] | [[\"db1\", 5432, \"primary\"]];mirrors = [[\"m\", 1]] | 9:12:"
            + " pools.shop.shards.0.mirrors[0]: expected [\"host\", port, number of the server that it"
            + " mirrors, counted from 0]",
        "[[\"db1\", 5432, \"primary\"]] | [[\"db1\", 5432, \"primary\"]];mirrors = [[\"m\", 1, 1]] | 9:12:"
            + " pools.shop.shards.0.mirrors[0]: there is no server 1; they are counted from 0",
        "[[\"db1\", 5432, \"primary\"]] | [[\"db1\", 5432, \"primary\"]];mirrors = [[\"db1\", 5432, 0]] |"
            + " 9:12: pools.shop.shards.0.mirrors[0]: db1:5432 is a server of this shard, so statements"
            + " would run twice there",
        "[[\"db1\", 5432, \"primary\"]] | [[\"db1\", 5432]] | 8:12: pools.shop.shards.0.servers[0]:"
            + " expected [\"host\", port, \"primary\"]",
        "[[\"db1\", 5432, \"primary\"]] | [\"db1\"] | 8:12: pools.shop.shards.0.servers[0]:"
            + " expected [\"host\", port, \"primary\"]",
        "5432, \"primary\"] | 5432, \"primary\"], [\"db2\", 5432, \"auto\"] | 8:38:"
            + " pools.shop.shards.0.servers[1]: a primary that is given and servers with the role"
            + " \"auto\" exclude each other; make db1:5432 and all that may become the primary"
            + " \"auto\"",
        "5432, \"primary\"] | 5432, \"primary\"], [\"db1\", 5432, \"replica\"] | 8:38:"
            + " pools.shop.shards.0.servers[1]: db1:5432 is a server of this shard already",
        "5432, \"primary\"] | 5432, \"primary\"], [\"db2\", 5432, \"primary\"] | 8:38:"
            + " pools.shop.shards.0.servers[1]: a shard has one primary, and db1:5432 is it"
            + " already",
        "[general] | [plugins.table_access];tables = [\"a.b\"];[general] | 10:1:"
            + " plugins.table_access.tables: \"a.b\" must be a name without its schema",
        "[general] | [plugins.query_logger];sample = 1;[general] | 10:1:"
            + " plugins.query_logger.sample: unknown key",
        "[general] | [plugins.intercept.queries.0];query=\"a\";schema=[[\"a\",\"int\"]];result=[];[general] |"
            + " 11:1: plugins.intercept.queries.0.schema: each column is [\"name\", \"type\"], of a type"
            + " text, anyarray, oid, bool, int4 or any",
        "[general] | [plugins.intercept.queries.0];query=\"a\";schema=[[\"a\",\"int4\"]];result=[[\"x\"]];[general]"
            + " | 12:1: plugins.intercept.queries.0.result: \"x\" is no value of type int4",
        "[general] | [pools.shop.shards.2];database = \"b\";servers = [[\"h\", 1, \"primary\"]] |"
            + " 6:1: pools.shop.shards: shard 1 is missing: 2 shards have the numbers 0 to 1",
        "[general] | [pools.shop.users.again];username = \"anna\";auth_type = \"trust\";pool_size ="
            + " 1 | 10:1: pools.shop.users.again.username: \"anna\" is a user of this pool already",
        "pool_size = 5 | pool_size=5;reserve_pool_size=10001 | 6:1:"
            + " pools.shop.users.0.reserve_pool_size: 10001 is out of range; allowed is 0 to 10000",
        "pool_size = 5 | pool_size=5;max_db_connections=1 | 6:1:"
            + " pools.shop.users.0.max_db_connections: unknown key; did you mean"
            + " \"max_user_connections\"?",
        "pool_size = 5 | pool_size=5;server_round_robin=true | 6:1:"
            + " pools.shop.users.0.server_round_robin: unknown key",
        "[pools.shop] | [pools.shop];max_user_connections=1 | 2:1: pools.shop.max_user_connections:"
            + " unknown key; did you mean \"max_db_connections\"?",
        "[general] |"
            + " [pools.b];shards.0.servers=[[\"h\",1,\"primary\"]];users.0={username=\"anna\",auth_type=\"trust\",pool_size=1,max_user_connections=7}"
            + " | 11:56: pools.b.users.0.max_user_connections: 7 here and 0 in an earlier pool: the"
            + " limit is that of the user \"anna\" in all pools; give the same number in each",
        "[general] | [genral] | 9:1: genral: unknown key; did you mean \"general\"?",
      })
  void aBadPoolIsNamedWithItsPlace(String good, String bad, String fault) {
    String toml = GOOD.replace(good, bad.replace(';', '\n'));

    assertThat(faultsOf(toml)).containsExactly("p.toml:" + fault);
  }

  @ParameterizedTest
  @CsvSource({
    "server_check_delay, healthcheck_delay",
    "tcp_keepalives_idle, tcp_keepidle",
    "tcp_keepalives_count, tcp_keepcnt",
    "tcp_keepalives_interval, tcp_keepintvl",
  })
  void aKeyMayNotBeGivenUnderBothOfItsNames(String ours, String theirs) {
    assertThat(faultsOf(GOOD + ours + " = 1\n" + theirs + " = 1"))
        .containsExactly(
            "p.toml:11:1: general."
                + theirs
                + ": is another name of "
                + ours
                + ", which is given, too");
  }

  @Test
  void aPasswordOfTheWrongTypeIsNotShown() {
    assertThat(faultsOf(GOOD.replace("\"s3cret\"", "4711")))
        .contains("p.toml:4:1: pools.shop.users.0.password: expected a text in quotes")
        .noneMatch(fault -> fault.contains("4711"));
  }

  @ParameterizedTest
  @CsvSource({"pglynx", "pgcat", "pgbouncer"})
  void thePoolNamesOfTheAdminDatabaseAreReserved(String name) {
    assertThat(faultsOf(GOOD.replace("pools.shop", "pools." + name)))
        .containsExactly(
            "p.toml:1:1: pools."
                + name
                + ": the name is reserved for the admin database; choose another");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "auth_query = \"SELECT a, b FROM c WHERE a = $1\" | auth_query: needs auth_query_user, the"
            + " role that asks",
        "auth_query_user = \"u\";auth_query = \"SELECT valid\" | auth_query: must use the parameter"
            + " $1, which is the user's name, and no other",
        "auth_query_user = \"u\";auth_query = \"SELECT $1, $2, valid\" | auth_query: must use the"
            + " parameter $1, which is the user's name, and no other",
        "auth_file = \"no/such\" | auth_file: no such file: no/such",
        "auth_query_user = \"u\";auth_query_password = \"SCRAM-SHA-256$4096:x\" |"
            + " auth_query_password: this SCRAM verifier is damaged: its form is"
            + " SCRAM-SHA-256$iterations:salt$storedKey:serverKey, the keys of 32 bytes in base64",
      })
  void aBadKeyOfTheUsersIsNamed(String lines, String message) {
    assertThat(faultsOf(GOOD + lines.replace(';', '\n')))
        .singleElement()
        .asString()
        .matches("p\\.toml:1\\d:1: general\\..*")
        .endsWith("general." + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "type = \"host\";method = \"md5\" | general.hba.0.address: is missing; \"all\" is every"
            + " address",
        "type = \"host\";address = \"all\";method = \"ident\" | authentication method \"ident\" is"
            + " not served; use scram-sha-256, cert, peer, md5, password, trust or reject",
        "type = \"host\";address = \"all\" | general.hba.0: the key \"method\" is missing",
        "type = \"host\";address = \"all\";method = \"md5\";users = \"a\" | general.hba.0.users:"
            + " unknown key; did you mean \"user\"?",
        "type = \"local\";user = \"+staff\";method = \"md5\" | \"+staff\" is not served: the proxy"
            + " does not know which roles are members of which; name the users, or keep them in an"
            + " @file",
      })
  void aBadInlineRuleIsNamedWithItsPlace(String lines, String message) {
    assertThat(faultsOf(GOOD + "[[general.hba]]\n" + lines.replace(';', '\n')))
        .first()
        .asString()
        .matches("p\\.toml:1[0-4]:\\d+: .*")
        .endsWith(message);
  }

  @Test
  void whatOneDatabaseMayHaveIsRefusedForAllOfThem() {
    String toml =
        GOOD.replace("[pools.shop]", "[pools.\"*\"]\nsni_hosts = [\"db.example.org\"]")
            .replace("pools.shop", "pools.\"*\"")
            .replace("pool_size = 5", "pool_size = 5\nmin_pool_size = 1");

    assertThat(faultsOf(toml))
        .containsExactly(
            "p.toml:2:1: pools.\"*\".sni_hosts: \"*\" is many databases; a host leads to one",
            "p.toml:7:1: pools.\"*\".users.0.min_pool_size: \"*\" is any database a client may"
                + " name; remove it");
  }

  @Test
  void aPasswordForEverybodyIsRefused() {
    assertThat(faultsOf(GOOD.replace("\"anna\"", "\"*\"")))
        .containsExactly(
            "p.toml:3:1: pools.shop.users.0.username: \"*\" needs auth_query or auth_file, where"
                + " the users are known",
            "p.toml:4:1: pools.shop.users.0.password: \"*\" is many users, who cannot share one"
                + " password");
  }

  @Test
  void aFileWithoutPoolsHasNothingToServe() {
    assertThat(faultsOf("[general]\nport = 1"))
        .containsExactly("p.toml:1:1: pools: the table is missing or empty");
  }

  @Test
  void allFaultsAreReportedInFileOrder() {
    String toml = GOOD.replace("pool_size = 5", "pool_size = -5") + "prot = 1\nhost = 7\n";

    assertThat(faultsOf(toml))
        .containsExactly(
            "p.toml:5:1: pools.shop.users.0.pool_size: -5 is out of range; allowed is 1 to 10000",
            "p.toml:10:1: general.prot: unknown key; did you mean \"port\"?",
            "p.toml:11:1: general.host: expected a text in quotes, found the number 7");
  }

  @Test
  void allSyntaxErrorsAreReportedWithTheirPlaces() {
    assertThat(faultsOf("port = = 1\n[general\nx = 1\nx = 2\n"))
        .containsExactly(
            "p.toml:1:8: Unexpected '=', expected a value",
            "p.toml:2:9: Unexpected end of line, expected ]",
            "p.toml:4:1: x previously defined at line 3, column 1");
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path dir) {
    Path file = dir.resolve("none.toml");

    assertThat(faultsOf(file)).containsExactly(file + ":1:1: no such file");
  }

  @Test
  void aFileThatIsNotTextIsNamed(@TempDir Path dir) throws Exception {
    Path file = Files.write(dir.resolve("bin.toml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThat(faultsOf(file)).containsExactly(file + ":1:1: is not UTF-8 text");
  }

  private static List<String> faultsOf(String toml) {
    return strings(
        catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(toml, "p.toml")));
  }

  private static List<String> faultsOf(Path file) {
    return strings(catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(file)));
  }

  private static List<String> strings(ConfigException thrown) {
    return thrown.faults().stream().map(ConfigFault::toString).toList();
  }

  @Test
  void mirrors_of_several_shards_exclude_two_phase_commit() {
    String toml =
        GOOD
            + """
            two_phase_commit_dir = "/var/lib/pglynx"
            [pools.shop.shards.1]
            servers = [["db2", 5432, "primary"]]
            mirrors = [["db3", 5432, 0]]
            """;

    ConfigException faulty =
        catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(toml, "pglynx.toml"));

    assertThat(faulty).hasMessageContaining("mirrors of several shards are not served with");
    assertThat(ConfigLoader.parse(toml.replaceFirst("two_phase.*", ""), "pglynx.toml").pools())
        .hasSize(1);
  }

  @Test
  void two_listeners_on_one_port_are_a_fault() {
    String toml = GOOD + "[listeners.readers]\nport = 6432\ntarget_session_attrs = \"standby\"\n";

    ConfigException faulty =
        catchThrowableOfType(ConfigException.class, () -> ConfigLoader.parse(toml, "pglynx.toml"));

    assertThat(faulty)
        .hasMessageContaining("listeners.readers.port: 6432 is another listener's already");
  }
}
