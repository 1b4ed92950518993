package org.pglynx.proxy.dashboard;

/**
 * With what somebody has logged in. The password is kept, in memory only and as long as the session
 * lasts, because each request logs in anew: so rights and passwords count as they are now.
 */
record Credentials(String database, String user, String password) {
  @Override
  public String toString() {
    return "Credentials[" + database + ", " + user + "]";
  }
}
