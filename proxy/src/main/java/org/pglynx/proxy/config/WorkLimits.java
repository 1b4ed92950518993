package org.pglynx.proxy.config;

/**
 * How long clients may take for what they do, in milliseconds; 0 is without limit.
 *
 * @param queryMillis for one statement, kept by the proxy
 * @param transactionMillis for a transaction
 * @param idleTransactionMillis for doing nothing in a transaction
 * @param clientIdleMillis for doing nothing outside of one
 * @param statementMillis what statement_timeout is on the server unless a client sets it; 0 leaves
 *     it as the server has it
 */
public record WorkLimits(
    long queryMillis,
    long transactionMillis,
    long idleTransactionMillis,
    long clientIdleMillis,
    long statementMillis) {
  /** No limits. */
  public static final WorkLimits NONE = new WorkLimits(0, 0, 0, 0, 0);
}
