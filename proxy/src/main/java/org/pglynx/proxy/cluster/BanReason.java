package org.pglynx.proxy.cluster;

/** Why a server is banned, in pgcat's words. */
public enum BanReason {
  /** It did not answer a probe. */
  FAILED_HEALTH_CHECK("FailedHealthCheck"),
  /** No connection could be made. */
  FAILED_CHECKOUT("FailedCheckout"),
  /** An operator has said so. */
  ADMIN_BAN("AdminBan");

  private final String word;

  BanReason(String word) {
    this.word = word;
  }

  /** As SHOW BANS prints it. */
  public String word() {
    return word;
  }
}
