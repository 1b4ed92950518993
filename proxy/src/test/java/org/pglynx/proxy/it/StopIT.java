package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;

/** Layer 3: what a proxy that stops says to its clients. */
class StopIT {
  @RepeatedTest(3)
  void aSessionThatIdlesHearsWhyItEnds() {
    ProxyUnderTest proxy = ProxyUnderTest.transactionMode(1).start();
    try (RawConnection idle = proxy.raw()) {
      idle.ask("SELECT 1");

      proxy.server().close();

      assertThat(idle.next().shape()).isEqualTo("E:FATAL:57P01");
      assertThat((int) idle.next().tag()).isZero();
    } finally {
      proxy.stop();
    }
  }
}
