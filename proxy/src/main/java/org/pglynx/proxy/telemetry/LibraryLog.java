package org.pglynx.proxy.telemetry;

import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads what the library says of itself into our log, at DEBUG: it says so for every batch, and
 * writes to standard error, past the log's form, if nobody takes it.
 */
final class LibraryLog extends Handler {
  private static final String LIBRARY = "io.opentelemetry";
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LibraryLog.class);

  /** Held, as the JDK keeps no logger alive. */
  private final Logger library = Logger.getLogger(LIBRARY);

  private LibraryLog() {}

  static LibraryLog install() {
    LibraryLog handler = new LibraryLog();
    handler.library.addHandler(handler);
    handler.library.setUseParentHandlers(false);
    return handler;
  }

  void remove() {
    library.removeHandler(this);
  }

  @Override
  public void publish(LogRecord event) {
    LOG.debug("{}: {}", event.getLoggerName(), event.getMessage());
  }

  @Override
  public void flush() {
    // Nothing is kept.
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
