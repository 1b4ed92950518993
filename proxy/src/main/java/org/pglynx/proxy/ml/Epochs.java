package org.pglynx.proxy.ml;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.OptionalDouble;

/**
 * Points in time and spans of it as seconds, as {@code extract(epoch FROM …)} gives them: from the
 * binary forms, and from the texts that to_json writes.
 */
final class Epochs {
  /** Of 2024-01-31. */
  private static final int DATE_LENGTH = 10;

  private static final long EPOCH_2000_DAYS = 10_957;
  private static final double MICROS = 1e6;
  private static final int DAY = 86_400;
  private static final long DAY_MICROS = DAY * 1_000_000L;
  // A month is 30 days, a year 365.25 of them: interval_part.
  private static final double YEAR = 365.25 * DAY;
  private static final double MONTH = 30.0 * DAY;

  private static final DateTimeFormatter OFFSET =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .appendOffset("+HH:mm:ss", "Z")
          .toFormatter();

  private Epochs() {}

  /** Of days since 2000. */
  static double ofDate(int days) {
    return switch (days) {
      case Integer.MAX_VALUE -> Double.POSITIVE_INFINITY;
      case Integer.MIN_VALUE -> Double.NEGATIVE_INFINITY;
      default -> (days + EPOCH_2000_DAYS) * (double) DAY;
    };
  }

  /** Of microseconds. */
  static double ofMicros(long micros) {
    return micros / MICROS;
  }

  /** Of microseconds since 2000. */
  static double ofTimestamp(long micros) {
    if (micros == Long.MAX_VALUE) {
      return Double.POSITIVE_INFINITY;
    }
    return micros == Long.MIN_VALUE
        ? Double.NEGATIVE_INFINITY
        : ofMicros(micros + EPOCH_2000_DAYS * DAY_MICROS);
  }

  /** Of an interval's three parts. */
  static double ofInterval(long micros, int days, int months) {
    return months / 12 * YEAR + months % 12 * MONTH + days * (double) DAY + ofMicros(micros);
  }

  /** Of a date, time, timestamp or interval in text; empty if it is none of them. */
  static OptionalDouble parse(String text) {
    try {
      return OptionalDouble.of(point(text));
    } catch (DateTimeException e) {
      Double span = IntervalText.seconds(text);
      return span == null ? OptionalDouble.empty() : OptionalDouble.of(span);
    }
  }

  private static double point(String written) {
    // SQL writes a blank where ISO 8601 and JSON have a T.
    boolean blank = written.length() > DATE_LENGTH && written.charAt(DATE_LENGTH) == ' ';
    String text =
        blank
            ? written.substring(0, DATE_LENGTH) + 'T' + written.substring(DATE_LENGTH + 1)
            : written;
    if (text.indexOf('T') > 0) {
      boolean zoned = text.indexOf('+') > 0 || text.lastIndexOf('-') > text.indexOf('T');
      LocalDateTime utc =
          zoned
              ? OffsetDateTime.parse(text, OFFSET)
                  .withOffsetSameInstant(ZoneOffset.UTC)
                  .toLocalDateTime()
              : LocalDateTime.parse(text);
      return ofMicros(utc.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + utc.getNano() / 1000);
    }
    return text.indexOf(':') > 0
        ? ofMicros(LocalTime.parse(text).toNanoOfDay() / 1000)
        : LocalDate.parse(text).toEpochDay() * (double) DAY;
  }
}
