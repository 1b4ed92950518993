package org.pglynx.proxy.cluster;

/**
 * How a server fares. Whether a standby lags, and so takes no reads, is another matter.
 *
 * <pre>
 *               a connection was lost, a probe had no answer
 *   HEALTHY ───────────────────────────────────────────────────► SUSPECT ── asked again: answered ─┐
 *    ▲ ▲ │                                                          │                               │
 *    │ │ └── connection refused, server starts or stops ──┐         │ no answer again               │
 *    │ └──────────────────────────────────────────────────┼─────────┼───────────────────────────────┘
 *    │                                                     ▼         ▼
 *    └── time over, and a probe answered (half-open) ◄── BANNED ◄────┘   time over, no answer: longer
 * </pre>
 *
 * <p>An operator's ban begins in any state and ends with its time or by UNBAN, whatever probes say.
 */
sealed interface Health {
  /** It answers. */
  Health HEALTHY = new Healthy();

  /** It answers. */
  record Healthy() implements Health {}

  /**
   * Something went wrong; it is asked at once, and not chosen while others will do.
   *
   * @param unanswered how many probes in a row had no answer
   */
  record Suspect(int unanswered) implements Health {}

  /**
   * Not chosen until its time is over.
   *
   * @param why what happened, in the server's words
   * @param reason one of pgcat's words for it
   * @param byOperator whether an operator has ordered it
   * @param sinceNanos when it began
   * @param untilNanos when it may end
   */
  record Banned(String why, BanReason reason, boolean byOperator, long sinceNanos, long untilNanos)
      implements Health {
    boolean over(long now) {
      return now - untilNanos >= 0;
    }
  }
}
