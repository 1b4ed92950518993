package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.transport.TestAuthority;

/** The port of HTTP where clients are to encrypt: https on the same port, and what needs it. */
class DashboardTlsIT {
  private static final String LOGIN =
      "{\"database\":\"pglynx\",\"user\":\"admin\",\"password\":\"secret\"}";

  @TempDir private static Path directory;

  private static ProxyUnderTest requires = ProxyUnderTest.deferring(1);
  private static Path authority = Path.of("");

  @BeforeAll
  static void start() {
    TestAuthority trusted = TestAuthority.in(directory, "authority");
    TestAuthority.Issued server = trusted.server("server", "DNS:localhost,IP:127.0.0.1");
    authority = trusted.certificate();
    requires =
        requires
            .general(
                "http_port = 0",
                "tls_certificate = \"" + server.certificate() + '"',
                "tls_private_key = \"" + server.key() + '"',
                "client_tls_sslmode = \"require\"",
                "admin_username = \"admin\"",
                "admin_password = \"secret\"")
            .start();
  }

  @AfterAll
  static void stop() {
    requires.stop();
  }

  private static SSLContext trusting() throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream file = Files.newInputStream(authority)) {
      store.setCertificateEntry(
          "authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static HttpResponse<String> login(String scheme) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build()) {
      return client.send(
          HttpRequest.newBuilder(
                  URI.create(
                      scheme + "://127.0.0.1:" + requires.server().httpPort() + "/api/login"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(LOGIN))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void who_comes_by_https_is_let_in_and_gets_a_cookie_for_https_alone() throws Exception {
    HttpResponse<String> answer = login("https");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("set-cookie").orElse(""))
        .startsWith("__Host-pglynx=")
        .contains("; Secure");
    assertThat(answer.headers().firstValue("strict-transport-security")).isPresent();
  }

  @Test
  void who_comes_in_clear_is_refused_as_other_clients_are() throws Exception {
    HttpResponse<String> answer = login("http");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("use https", "client_tls_sslmode");
  }

  @Test
  void metrics_are_still_read_in_clear() {
    assertThat(Web.get(requires.server().httpPort(), "/healthz").statusCode()).isEqualTo(200);
  }
}
