package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Unit: PgBouncer's userlist.txt. */
class UserlistTest {
  @TempDir private Path directory = Path.of("");

  private ProxyConfig load(String userlist) throws IOException {
    Files.writeString(directory.resolve("userlist.txt"), userlist);
    Path file = directory.resolve("p.toml");
    Files.writeString(
        file,
        """
        [general]
        auth_file = "userlist.txt"
        [pools.shop]
        users."*".pool_size = 5
        shards.0.servers = [["db1", 5432, "primary"]]
        """);
    return ConfigLoader.load(file);
  }

  @Test
  void the_file_is_found_beside_the_configuration_and_read_as_pgbouncer_reads_it()
      throws IOException {
    Map<String, Secret> users =
        load("""
        ; a comment
        "anna" "secret"
          "ben"   "md5d41d8cd98f00b204e9800998ecf8427e"   the rest has no meaning

        "with ""quotes""\" "pass""word" ""
        "nobody" ""
        """)
            .general()
            .auth()
            .userlist();

    assertThat(users)
        .containsExactly(
            Map.entry("anna", new Secret("secret")),
            Map.entry("ben", new Secret("md5d41d8cd98f00b204e9800998ecf8427e")),
            Map.entry("with \"quotes\"", new Secret("pass\"word")),
            Map.entry("nobody", Secret.NONE));
  }

  @Test
  void the_user_that_stands_for_all_and_the_database_of_the_pools_name_are_defaults()
      throws IOException {
    PoolConfig pool = load("\"anna\" \"secret\"\n").pools().values().iterator().next();

    assertThat(pool.users()).containsOnlyKeys("*");
    assertThat(pool.users().values())
        .extracting(user -> user.named("anna").serverUsername())
        .containsExactly("anna");
    assertThat(pool.shard().database()).isEqualTo("shop");
  }

  @Test
  void faults_are_named_with_their_line_and_without_the_secret() {
    ConfigException thrown =
        catchThrowableOfType(
            ConfigException.class,
            () ->
                load(
                    """
                    "anna" "secret"
                    anna secret
                    "ben" "SCRAM-SHA-256$4096:abc"
                    "anna" "again"
                    "" "x"
                    """));

    List<String> faults = thrown.faults().stream().map(ConfigFault::toString).toList();
    assertThat(faults)
        .containsExactly(
            directory.resolve("userlist.txt")
                + ":2:1: expected \"user\" \"secret\" in double quotes",
            directory.resolve("userlist.txt")
                + ":3:1: \"ben\": this SCRAM verifier is damaged: its form is"
                + " SCRAM-SHA-256$iterations:salt$storedKey:serverKey, the keys of 32 bytes in"
                + " base64",
            directory.resolve("userlist.txt") + ":4:1: \"anna\" is in the file already",
            directory.resolve("userlist.txt") + ":5:1: the user's name is empty");
  }

  @Test
  void a_secret_may_be_as_long_as_a_line() throws IOException {
    String longest = "x".repeat(200_000);

    assertThat(load("\"anna\" \"" + longest + "\"\n").general().auth().userlist())
        .containsExactly(Map.entry("anna", new Secret(longest)));
  }

  @Test
  void a_doubled_quote_ends_no_name() {
    assertThat(Userlist.parse(List.of("\"anna\"\"secret\"")).faults())
        .containsExactly(Map.entry(1, "expected \"user\" \"secret\" in double quotes"));
  }
}
