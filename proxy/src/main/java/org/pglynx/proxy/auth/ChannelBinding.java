package org.pglynx.proxy.auth;

import java.util.Arrays;

/**
 * What ties a login to the TLS connection that carries it, so that nobody in between can relay it:
 * {@code tls-server-end-point} (RFC 5929), the hash of the server's certificate.
 */
public final class ChannelBinding {
  /** A plain connection, or a certificate without a hash. */
  public static final ChannelBinding NONE = new ChannelBinding(new byte[0]);

  /** The only type that Postgres knows. */
  static final String TYPE = "tls-server-end-point";

  private final byte[] endPoint;

  private ChannelBinding(byte[] endPoint) {
    this.endPoint = endPoint;
  }

  /** Of the hash of the server's certificate; empty is {@link #NONE}. */
  public static ChannelBinding endPoint(byte[] hash) {
    return hash.length == 0 ? NONE : new ChannelBinding(hash.clone());
  }

  /** Whether there is something to bind to. */
  public boolean present() {
    return endPoint.length > 0;
  }

  byte[] data() {
    return endPoint;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ChannelBinding that && Arrays.equals(endPoint, that.endPoint);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(endPoint);
  }
}
