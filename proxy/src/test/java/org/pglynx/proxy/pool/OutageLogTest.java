package org.pglynx.proxy.pool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.LoggerFactory;

/** Unit: what the log says of a server that nobody gets into. */
class OutageLogTest {
  private static final PgError REFUSED =
      PgError.error(SqlState.CANNOT_CONNECT, "cannot connect").withDetail("Connection refused");

  private final Logger logger = (Logger) LoggerFactory.getLogger(OutageLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private long now = 1;
  private final OutageLog log = new OutageLog("shop/anna", "db1:5432/shop", () -> now);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
  }

  private List<String> told() {
    return lines.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }

  private void later(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void an_outage_is_told_once_and_its_end() {
    log.failed(REFUSED);
    later(2);
    log.failed(REFUSED);
    later(3);
    log.connected();
    log.connected();

    assertThat(told())
        .containsExactly(
            "WARN pool=shop/anna server=db1:5432/shop lets no connection in, attempts=1:"
                + " cannot connect: Connection refused",
            "INFO pool=shop/anna server=db1:5432/shop lets connections in again, after 5000 ms and"
                + " 2 attempts");
  }

  @Test
  void a_long_one_is_told_each_minute() {
    for (int second = 0; second <= 120; second += 2) {
      log.failed(REFUSED);
      later(2);
    }

    assertThat(told()).hasSize(3).last().asString().contains("attempts=61: cannot connect");
  }

  @Test
  void the_next_one_is_told_again() {
    log.failed(REFUSED);
    log.connected();
    log.failed(REFUSED);

    assertThat(told()).hasSize(3);
  }

  @Test
  void a_server_that_is_well_is_not_told_of() {
    log.connected();
    log.lost();

    assertThat(told()).isEmpty();
  }
}
