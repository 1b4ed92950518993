package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unit: the TLS keys of the process and of pools. */
class TlsConfigTest {
  /** Any file that is there; contents are looked at when the proxy starts. */
  private static final String FILE = "\"pom.xml\"";

  private static ProxyConfig load(String general, String pool) {
    return ConfigLoader.parse(
        """
        [general]
        %s
        [pools.shop]
        %s
        [pools.shop.users.0]
        username = "anna"
        password = "s3cret"
        pool_size = 5
        [pools.shop.shards.0]
        database = "shop_db"
        servers = [["db1", 5432, "primary"]]
        """
            .formatted(general, pool),
        "tls.toml");
  }

  private static ServerTlsConfig servers(String general, String pool) {
    return load(general, pool).pools().values().iterator().next().serverTls();
  }

  @Test
  void without_keys_nothing_is_encrypted() {
    assertThat(load("", "").general().tls().clients()).isEmpty();
    assertThat(servers("", "")).isEqualTo(ServerTlsConfig.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "tls_certificate, tls_private_key",
    "client_tls_cert_file, client_tls_key_file",
    "tls_certificate, client_tls_key_file"
  })
  void a_certificate_offers_tls_by_either_name(String certificate, String key) {
    ClientTlsConfig clients =
        load(certificate + " = " + FILE + "\n" + key + " = " + FILE, "")
            .general()
            .tls()
            .clients()
            .orElseThrow();
    assertThat(clients)
        .isEqualTo(
            new ClientTlsConfig(
                TlsMode.PREFER, Path.of("pom.xml"), Path.of("pom.xml"), Optional.empty()));
  }

  @Test
  void both_names_of_one_key_are_too_many() {
    assertThatThrownBy(() ->
            load(
                "tls_certificate = %1$s\nclient_tls_cert_file = %1$s\ntls_private_key = %1$s"
                    .formatted(FILE),
                ""))
        .hasMessageContaining("is another name of tls_certificate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server_tls = true | '' | PREFER",
        "server_tls = true;verify_server_certificate = true | '' | VERIFY_FULL",
        "verify_server_certificate = true | '' | DISABLE",
        "server_tls_sslmode = 'require' | '' | REQUIRE",
        "server_tls_sslmode = 'require' | server_tls_sslmode = 'allow' | ALLOW",
        "server_tls_sslmode = 'require' | server_tls = false | DISABLE",
        "server_tls_sslmode = 'require' | server_tls = true | REQUIRE",
        "server_tls_sslmode = 'require' | verify_server_certificate = true | VERIFY_FULL",
        "'' | server_tls_sslmode = 'verify-full' | VERIFY_FULL",
        "server_tls_sslmode = 'verify-full' | verify_server_certificate = false | PREFER"
      },
      quoteCharacter = '"')
  void a_pool_inherits_what_it_does_not_say(String general, String pool, TlsMode mode) {
    assertThat(servers(lines(general), lines(pool)).mode()).isEqualTo(mode);
  }

  private static String lines(String keys) {
    return keys.equals("''") ? "" : keys.replace(';', '\n');
  }

  @Test
  void a_pool_inherits_files_and_may_have_its_own() {
    String general = "server_tls_sslmode = \"verify-ca\"\nserver_tls_ca_file = " + FILE;
    assertThat(servers(general, "").authorities()).contains(Path.of("pom.xml"));
    assertThat(servers(general, "server_tls_ca_file = \"../pom.xml\"").authorities())
        .contains(Path.of("../pom.xml"));
    assertThat(
            servers(
                    general,
                    "server_tls_cert_file = %1$s\nserver_tls_key_file = %1$s".formatted(FILE))
                .key())
        .contains(Path.of("pom.xml"));
  }

  @Test
  void host_names_are_kept_in_lower_case_and_checked() {
    assertThat(load("", "sni_hosts = [\"A.Example\", \"b\"]").pools().get("shop"))
        .extracting(PoolConfig::sniHosts)
        .isEqualTo(java.util.Set.of("a.example", "b"));
    assertThatThrownBy(() -> load("", "sni_hosts = [\"a..b\"]"))
        .hasMessageContaining("\"a..b\" is not a host name");
    assertThatThrownBy(() -> load("", "sni_hosts = [7]"))
        .hasMessageContaining("expected texts in quotes, found the number 7");
  }
}
