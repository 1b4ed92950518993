package org.pglynx.proxy.config;

/**
 * What is kept and told of statements.
 *
 * @param slowMillis statements that take so long or longer are told; 0 tells none
 * @param percent how many of a hundred slow ones are logged
 * @param tracked whether texts of running ones are kept although none is told
 */
public record StatementLogConfig(long slowMillis, int percent, boolean tracked) {
  /** Nothing is kept. */
  public static final StatementLogConfig NONE = new StatementLogConfig(0, 100, false);
}
