package org.pglynx.proxy.relay;

/**
 * A message to the listeners of a channel. Shared between all of them: not to be changed.
 *
 * @param pid the process that the sender's transaction ran in, as in pg_stat_activity
 * @param channel the channel
 * @param text the channel and the payload as they stand in NotificationResponse, each with its zero
 */
@SuppressWarnings("ArrayRecordComponent")
public record Notification(int pid, String channel, byte[] text) {}
