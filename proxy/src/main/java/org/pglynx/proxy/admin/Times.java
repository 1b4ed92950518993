package org.pglynx.proxy.admin;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Times as PgBouncer and pgcat print them. */
final class Times {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT);

  private Times() {}

  /** The moment so long ago. */
  static String ago(Clock clock, long ageNanos) {
    return FORMAT.format(clock.instant().minusNanos(ageNanos).atOffset(ZoneOffset.UTC));
  }

  /** The moment. */
  static String utc(Instant moment) {
    return FORMAT.format(moment.atOffset(ZoneOffset.UTC));
  }

  /** Whole seconds. */
  static long seconds(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(nanos);
  }

  /** Microseconds beyond the whole seconds. */
  static long microsOfSecond(long nanos) {
    return micros(nanos) % 1_000_000;
  }

  /** Whole microseconds. */
  static long micros(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos);
  }
}
