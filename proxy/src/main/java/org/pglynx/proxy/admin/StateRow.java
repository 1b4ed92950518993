package org.pglynx.proxy.admin;

/**
 * What the process does.
 *
 * @param paused whether everything is paused
 * @param maintenance whether it is not ready for new clients because somebody works on it
 * @param stopping whether it lets nobody in any more
 */
public record StateRow(boolean paused, boolean maintenance, boolean stopping) {}
