package org.pglynx.proxy.admin;

/** What a stop waits for. */
public enum StopHow {
  /** Nothing. */
  NOW,
  /** Until every client is gone, each between two transactions, or the time for it is over. */
  WAIT_FOR_CLIENTS,
  /**
   * Until every server connection has been given back; clients that wait for one are not served.
   */
  WAIT_FOR_SERVERS
}
