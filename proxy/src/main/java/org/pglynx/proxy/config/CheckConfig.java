package org.pglynx.proxy.config;

/**
 * A question that shows whether a server connection that has idled still works.
 *
 * @param query what is asked; empty asks nothing, {@link #EMPTY_QUERY} a query without a statement
 * @param delayMillis how long a connection must have idled; 0 asks each idle one
 * @param timeoutMillis a connection that takes longer to answer is closed
 */
public record CheckConfig(String query, long delayMillis, long timeoutMillis) {
  /** PgBouncer's word for the cheapest question there is. */
  public static final String EMPTY_QUERY = "<empty>";
}
