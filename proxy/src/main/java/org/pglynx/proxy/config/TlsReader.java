package org.pglynx.proxy.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads the TLS keys of {@code [general]} and of a pool: PgBouncer's names, and pgcat's for what
 * pgcat can do.
 */
final class TlsReader {
  private final Section section;

  TlsReader(Section section) {
    this.section = section;
  }

  TlsConfig general() {
    return new TlsConfig(clients(), servers(ServerTlsConfig.NONE));
  }

  private Optional<ClientTlsConfig> clients() {
    Optional<Path> certificate = either("tls_certificate", "client_tls_cert_file");
    Optional<Path> key = either("tls_private_key", "client_tls_key_file");
    Optional<Path> authorities = file("client_tls_ca_file");
    TlsMode mode =
        section.choice(
            "client_tls_sslmode", certificate.isPresent() ? TlsMode.PREFER : TlsMode.DISABLE);
    TlsVersions versions = versions("client_tls_protocols", TlsVersions.SECURE);
    if (certificate.isPresent() != key.isPresent()) {
      section.fault(
          certificate.isPresent() ? "tls_certificate" : "tls_private_key",
          "tls_certificate and tls_private_key need each other");
    } else if (mode != TlsMode.DISABLE && certificate.isEmpty()) {
      section.fault(
          "client_tls_sslmode",
          '"' + mode.configName() + "\" needs tls_certificate and tls_private_key");
    } else if (mode.verifies() && authorities.isEmpty()) {
      section.fault(
          "client_tls_sslmode",
          '"' + mode.configName() + "\" needs client_tls_ca_file, the authorities of clients");
    }
    if (mode == TlsMode.DISABLE || certificate.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ClientTlsConfig(mode, certificate.get(), key.get(), authorities, versions));
  }

  /** The keys towards servers, what is absent being inherited. */
  ServerTlsConfig servers(ServerTlsConfig inherited) {
    TlsMode mode = section.choice("server_tls_sslmode", pgcatMode(inherited.mode()));
    Optional<Path> named = file("server_tls_ca_file");
    Optional<Path> authorities = named.or(inherited::authorities);
    Optional<Path> certificate = file("server_tls_cert_file");
    Optional<Path> key = file("server_tls_key_file");
    if (certificate.isPresent() != key.isPresent()) {
      section.fault(
          certificate.isPresent() ? "server_tls_cert_file" : "server_tls_key_file",
          "server_tls_cert_file and server_tls_key_file need each other");
    }
    if (named.isPresent() && !mode.verifies()) {
      section.fault(
          "server_tls_ca_file",
          "checks nothing with server_tls_sslmode \""
              + mode.configName()
              + "\"; set that to \"verify-full\" or \"verify-ca\"");
    }
    if (mode == TlsMode.VERIFY_CA && section.has("server_tls_sslmode") && authorities.isEmpty()) {
      section.fault(
          "server_tls_sslmode",
          "\"verify-ca\" without server_tls_ca_file would trust every site on the Internet; use"
              + " \"verify-full\" or name your authority");
    }
    return new ServerTlsConfig(
        mode,
        authorities,
        certificate.isPresent() ? certificate : inherited.certificate(),
        certificate.isPresent() ? key : inherited.key(),
        versions("server_tls_protocols", inherited.versions()));
  }

  private TlsVersions versions(String key, TlsVersions fallback) {
    String named = section.text(key, "secure");
    if (!section.has(key)) {
      return fallback;
    }
    return TlsVersions.named(named)
        .orElseGet(() -> {
          section.fault(
              key,
              "must be \"secure\", or some of tlsv1.2, tlsv1.3 between commas; found \""
                  + named
                  + '"');
          return fallback;
        });
  }

  /** pgcat: server_tls falls back to plain, verify_server_certificate checks everything. */
  private TlsMode pgcatMode(TlsMode inherited) {
    boolean wanted = section.flag("server_tls", inherited != TlsMode.DISABLE);
    boolean verified = section.flag("verify_server_certificate", inherited.verifies());
    if (!wanted) {
      return TlsMode.DISABLE;
    }
    if (verified) {
      return inherited.verifies() ? inherited : TlsMode.VERIFY_FULL;
    }
    return inherited == TlsMode.DISABLE || inherited.verifies() ? TlsMode.PREFER : inherited;
  }

  private Optional<Path> either(String pgcat, String pgbouncer) {
    Optional<Path> first = file(pgcat);
    Optional<Path> second = file(pgbouncer);
    if (first.isPresent() && second.isPresent()) {
      section.fault(pgbouncer, "is another name of " + pgcat + ", which is given, too");
    }
    return first.or(() -> second);
  }

  /** A file that must be readable now: at three in the morning it is too late to find out. */
  private Optional<Path> file(String key) {
    String name = section.text(key, "");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Path file = section.report().resolve(name);
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      section.fault(key, "cannot read the file \"" + name + '"');
    }
    return Optional.of(file);
  }
}
