package org.pglynx.proxy.it;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/**
 * All that the process logs while it is there, at the level that tells the most: messages, what was
 * put into them, and traces; so whatever a format could show of them.
 */
final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("org.pglynx");
  private final Level before = ours.getLevel();
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  LogCapture() {
    setContext(root.getLoggerContext());
    start();
    root.addAppender(this);
    ours.setLevel(Level.TRACE);
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(
        event.getFormattedMessage()
            + ' '
            + Arrays.toString(event.getArgumentArray())
            + (event.getThrowableProxy() == null
                ? ""
                : ThrowableProxyUtil.asString(event.getThrowableProxy())));
  }

  String text() {
    return String.join("\n", lines);
  }

  @Override
  public void close() {
    root.detachAppender(this);
    ours.setLevel(before);
  }
}
