package org.pglynx.proxy.app;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.admin.TlsRow;
import org.pglynx.proxy.config.ClientTlsConfig;
import org.pglynx.proxy.config.PoolConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.ServerTlsConfig;
import org.pglynx.proxy.config.TlsMode;
import org.pglynx.proxy.transport.CertificateFile;
import org.pglynx.proxy.transport.TlsFileException;

/** How connections are encrypted, by the configuration and by its files as they are now. */
final class TlsRows {
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT);

  private TlsRows() {}

  static List<TlsRow> of(ProxyConfig config) {
    List<TlsRow> rows = new ArrayList<>();
    Optional<ClientTlsConfig> clients = config.general().tls().clients();
    rows.add(
        row(
            "clients",
            "",
            clients.map(ClientTlsConfig::mode).orElse(TlsMode.DISABLE),
            clients.map(ClientTlsConfig::certificate),
            clients.flatMap(ClientTlsConfig::authorities)));
    for (PoolConfig pool : config.pools().values()) {
      ServerTlsConfig tls = pool.serverTls();
      rows.add(row("servers", pool.name(), tls.mode(), tls.certificate(), tls.authorities()));
    }
    return rows;
  }

  private static TlsRow row(
      String side, String database, TlsMode mode, Optional<Path> file, Optional<Path> authorities) {
    X509Certificate certificate = file.isEmpty() ? null : certificate(file.get());
    Instant end = certificate == null ? null : certificate.getNotAfter().toInstant();
    return new TlsRow(
        side,
        database,
        mode.configName(),
        text(file),
        text(authorities),
        certificate == null ? null : certificate.getSubjectX500Principal().getName(),
        end == null ? null : UTC.format(end.atOffset(ZoneOffset.UTC)),
        end == null ? null : Duration.between(Instant.now(), end).toDays());
  }

  private static @Nullable String text(Optional<Path> file) {
    return file.map(Path::toString).orElse(null);
  }

  /** Null while the file is being replaced. */
  private static @Nullable X509Certificate certificate(Path file) {
    try {
      return CertificateFile.first(file);
    } catch (TlsFileException _) {
      return null;
    }
  }
}
