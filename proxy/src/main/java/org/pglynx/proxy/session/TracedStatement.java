package org.pglynx.proxy.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a trace, answered.
 *
 * @param traceParent W3C's {@code traceparent}, as the statement named it
 * @param session the process id that the client was told
 * @param database the database that the client named
 * @param user the user that logged in
 * @param applicationName what the client calls itself
 * @param address the client's address
 * @param server where it ran; empty if the proxy answered it, or nobody did
 * @param end when it was answered
 * @param nanos from its arrival to then
 * @param waitNanos how much of that it waited for a server, at most
 * @param statements how many of one batch were answered together
 * @param text its text, or that of the last of the batch
 * @param error the SQLSTATE that it failed with; null if it did not
 */
public record TracedStatement(
    String traceParent,
    int session,
    String database,
    String user,
    String applicationName,
    String address,
    String server,
    Instant end,
    long nanos,
    long waitNanos,
    int statements,
    RunningView.Text text,
    @Nullable String error) {}
