package org.pglynx.proxy.session;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ChannelBinding;

/** What the TLS handshake told of a client; immutable. */
public final class ClientTls {
  private final ChannelBinding channelBinding;
  private final @Nullable ClientCertificate certificate;
  private final @Nullable String serverName;
  private final String description;

  /**
   * The outcome of a handshake.
   *
   * @param endPoint hash of the certificate that the client was shown; empty if it has none
   * @param certificate the client's own, verified; null if it showed none
   * @param serverName the host that the client asked for (SNI), in lower case; null if it did not
   * @param description version and cipher, for SHOW CLIENTS
   * @throws IllegalArgumentException if the certificate's name is one that cannot be trusted
   */
  public ClientTls(
      byte[] endPoint,
      @Nullable X509Certificate certificate,
      @Nullable String serverName,
      String description) {
    this.channelBinding = ChannelBinding.endPoint(endPoint);
    this.certificate = certificate == null ? null : ClientCertificate.of(certificate);
    this.serverName = serverName;
    this.description = description;
  }

  /** What a login over this connection is bound to. */
  public ChannelBinding channelBinding() {
    return channelBinding;
  }

  /** The client's verified certificate; null if it showed none. */
  public @Nullable ClientCertificate certificate() {
    return certificate;
  }

  /** The host that the client asked for, in lower case; null if it named none. */
  public @Nullable String serverName() {
    return serverName;
  }

  /** Version and cipher, as {@code TLSv1.3/TLS_AES_256_GCM_SHA384}. */
  public String description() {
    return description;
  }
}
