package org.pglynx.proxy.transport;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TLS context that is made anew when its files change. Handshakes that begin later use the new
 * one, connections that run keep theirs; files that cannot be used change nothing and are told in
 * the log. A context is used on event loops and replaced by one other thread.
 */
final class TlsContext {
  private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

  /**
   * Of one record that is sent. libpq hangs when a record does not fit into the 8 KB that are free
   * in its buffer at least (supavisor#993).
   */
  static final int RECORD_BYTES = 8192;

  /** Makes a context of the files as they are now. */
  interface Maker {
    Made make() throws SSLException;
  }

  /**
   * What one reading of the files gave.
   *
   * @param context the context
   * @param endPoint the channel binding of the certificate that it shows; empty if it shows none
   */
  record Made(SslContext context, byte[] endPoint) {}

  private final String what;
  private final TlsFiles files;
  private final Maker maker;
  private volatile Made current;
  private boolean closed;

  TlsContext(String what, TlsFiles files, Maker maker) {
    this.what = what;
    this.files = files;
    this.maker = maker;
    this.current = make();
  }

  /** BoringSSL where its library runs, else the JDK's own. */
  static SslProvider provider() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }

  private Made make() {
    try {
      return maker.make();
    } catch (SSLException | IllegalArgumentException e) {
      throw new TlsFileException(what + " with " + files, e);
    }
  }

  /** Looks at the files; blocks, so never on an event loop. */
  synchronized void refresh() {
    if (closed || !files.changed()) {
      return;
    }
    try {
      Made before = current;
      current = make();
      ReferenceCountUtil.release(before.context());
      LOG.info("{}: new handshakes use what has changed of {}", what, files);
    } catch (TlsFileException e) {
      LOG.error("{}: the files have changed and cannot be used: {}", what, e.getMessage());
    }
  }

  /** Uses the present context, which nobody takes away meanwhile. */
  <T> T use(Function<Made, T> use) {
    while (true) {
      Made now = current;
      try {
        ReferenceCountUtil.retain(now.context());
      } catch (IllegalReferenceCountException _) {
        // Replaced since it was read.
        continue;
      }
      try {
        return use.apply(now);
      } finally {
        ReferenceCountUtil.release(now.context());
      }
    }
  }

  /**
   * Bounded records; the time for a handshake is a part of the login's, which has its own limit.
   */
  static SslHandler bounded(SslHandler handler) {
    handler.setWrapDataSize(RECORD_BYTES);
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }

  /** Gives the context back; connections that run keep it. */
  synchronized void close() {
    closed = true;
    ReferenceCountUtil.release(current.context());
  }
}
