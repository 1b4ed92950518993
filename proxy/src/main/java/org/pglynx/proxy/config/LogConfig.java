package org.pglynx.proxy.config;

import java.util.Optional;

/**
 * What is logged, and how.
 *
 * @param clientConnections a client logged in: at INFO rather than DEBUG
 * @param clientDisconnections a client left: at INFO rather than DEBUG
 * @param format of a line
 * @param level how much; empty if the file does not say, so that the environment may
 * @param statements which statements
 * @param traces where statements of traces are told
 */
public record LogConfig(
    boolean clientConnections,
    boolean clientDisconnections,
    LogFormat format,
    Optional<LogLevel> level,
    StatementLogConfig statements,
    TracesConfig traces) {
  /** For people, and of no statements. */
  public LogConfig(boolean clientConnections, boolean clientDisconnections) {
    this(
        clientConnections,
        clientDisconnections,
        LogFormat.TEXT,
        Optional.empty(),
        StatementLogConfig.NONE,
        TracesConfig.NONE);
  }
}
