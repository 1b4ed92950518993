package org.pglynx.proxy.session;

/**
 * A statement that took long.
 *
 * @param session the process id that the client was told
 * @param database the database that the client named
 * @param user the user that logged in
 * @param applicationName what the client calls itself
 * @param address the client's address
 * @param server where it ran; empty if the proxy answered it
 * @param nanos how long it took
 * @param statements how many of one batch were answered together
 * @param ahead whether more was sent before its answer, so that the text may be a later one's
 * @param text its text, or that of the last of the batch
 */
record SlowStatement(
    int session,
    String database,
    String user,
    String applicationName,
    String address,
    String server,
    long nanos,
    int statements,
    boolean ahead,
    RunningView.Text text) {}
