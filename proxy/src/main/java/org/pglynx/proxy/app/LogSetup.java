package org.pglynx.proxy.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.LogFormat;
import org.pglynx.proxy.session.QueryLog;
import org.slf4j.LoggerFactory;

/**
 * How the log looks: one line an event on standard error, so that standard output stays free for a
 * command's own output. {@code PGLYNX_LOG_LEVEL} changes the level of our own classes, and {@code
 * log_level} and {@code log_format} of a configuration do; a file named by {@code
 * -Dlogback.configurationFile} replaces it all.
 *
 * <p>Whoever logs does not write: see {@link LaterLines}. Found by Logback. Code, because a start
 * would spend 50 ms on reading the same in XML.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static final String OURS = "org.pglynx";
  private static final String STANDARD_ERROR = "STDERR";
  private static final String LATER = "LATER";

  /** A name that a client gives may have a line's end in it, and must not begin a line. */
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %replace(%msg){'[\\r\\n]+', ' | '}%n";

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(later(standardError(loggers)));
    loggers.getLogger(OURS).setLevel(ofEnvironment());
    // Whoever has asked for statements in the log gets them.
    loggers.getLogger(QueryLog.LOGGER).setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static Level ofEnvironment() {
    return Level.toLevel(System.getenv("PGLYNX_LOG_LEVEL"), Level.INFO);
  }

  /** The log of the process is as a configuration says, unless a file has replaced it. */
  static void become(LogConfig config) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext loggers) {
      become(config, loggers);
    }
  }

  /** The same of these loggers. */
  static void become(LogConfig config, LoggerContext loggers) {
    Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    if (root.getAppender(LATER) instanceof LaterLines lines
        && lines.target() instanceof ConsoleAppender<ILoggingEvent> appender) {
      boolean json = appender.getEncoder() instanceof JsonLines;
      if (json != (config.format() == LogFormat.JSON)) {
        appender.setEncoder(encoder(config.format(), loggers));
      }
      loggers
          .getLogger(OURS)
          .setLevel(
              config
                  .level()
                  .map(level -> Level.toLevel(level.name()))
                  .orElseGet(LogSetup::ofEnvironment));
    }
  }

  /** What makes lines of events. */
  static Encoder<ILoggingEvent> encoder(LogFormat format, LoggerContext loggers) {
    return switch (format) {
      case JSON -> {
        JsonLines encoder = new JsonLines();
        encoder.setContext(loggers);
        encoder.start();
        yield encoder;
      }
      case TEXT -> {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(loggers);
        encoder.setPattern(PATTERN);
        encoder.start();
        yield encoder;
      }
    };
  }

  /** Lines are written by a thread of their own, and the last ones before the JVM ends. */
  private static LaterLines later(ConsoleAppender<ILoggingEvent> target) {
    LaterLines lines = new LaterLines(target);
    lines.setContext(target.getContext());
    lines.setName(LATER);
    lines.start();
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("pglynx-log-end").unstarted(lines::finish));
    return lines;
  }

  /** How many lines of the process's log had no room. */
  static long droppedLines() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext loggers
            && loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender(LATER)
                instanceof LaterLines lines
        ? lines.dropped()
        : 0;
  }

  private static ConsoleAppender<ILoggingEvent> standardError(LoggerContext loggers) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(loggers);
    appender.setName(STANDARD_ERROR);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(LogFormat.TEXT, loggers));
    appender.start();
    return appender;
  }
}
