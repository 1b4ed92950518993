package org.pglynx.proxy.ml;

import java.time.DateTimeException;
import java.time.Instant;
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

  private static final int YEAR_LENGTH = 4;

  /** Of 5874897, the last one that a date has. */
  private static final int MOST_YEAR_LENGTH = 7;

  private static final long EPOCH_2000_DAYS = 10_957;
  private static final double MICROS = 1e6;
  private static final int DAY = 86_400;
  private static final long SECOND_MICROS = 1_000_000;
  private static final long DAY_MICROS = DAY * SECOND_MICROS;

  /** More have too many microseconds. */
  private static final long MOST_SECONDS = Long.MAX_VALUE / SECOND_MICROS - 1;

  // A month is 30 days, a year 365.25 of them: interval_part.
  private static final double YEAR = 365.25 * DAY;
  private static final double MONTH = 30.0 * DAY;

  private static final long EPOCH_2000_MICROS = EPOCH_2000_DAYS * DAY_MICROS;
  private static final String BC = " BC";

  /** An offset may be of four digits, or of two and more behind colons. */
  private static final DateTimeFormatter OFFSET =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HH:mm:ss", "Z")
          .optionalEnd()
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
    if (micros == Long.MIN_VALUE) {
      return Double.NEGATIVE_INFINITY;
    }
    // The last months that a timestamp has are too many microseconds since 1970.
    return micros > Long.MAX_VALUE - EPOCH_2000_MICROS
        ? ofMicros(micros) + ofMicros(EPOCH_2000_MICROS)
        : ofMicros(micros + EPOCH_2000_MICROS);
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
    String text = iso(written);
    int time = text.indexOf('T');
    if (time > 0) {
      boolean zoned =
          text.endsWith("Z") || text.indexOf('+', time) > 0 || text.lastIndexOf('-') > time;
      return zoned
          ? seconds(OffsetDateTime.parse(text, OFFSET).toInstant())
          : seconds(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
    }
    return text.indexOf(':') > 0
        ? ofMicros(LocalTime.parse(text).toNanoOfDay() / 1000)
        : LocalDate.parse(text).toEpochDay() * (double) DAY;
  }

  private static double seconds(Instant instant) {
    long seconds = instant.getEpochSecond();
    long micros = instant.getNano() / 1000;
    return Math.abs(seconds) < MOST_SECONDS
        ? ofMicros(seconds * SECOND_MICROS + micros)
        : seconds + ofMicros(micros);
  }

  /**
   * As ISO 8601 writes a point in time: with a T where SQL has a blank, a sign before years of more
   * than four digits, and years before the first counted down from 0.
   */
  private static String iso(String written) {
    boolean before = written.endsWith(BC);
    String text = before ? written.substring(0, written.length() - BC.length()) : written;
    int year = text.indexOf('-');
    int blank = year + DATE_LENGTH - YEAR_LENGTH;
    if (!isYear(text, year)) {
      return text;
    }
    if (text.length() > blank && text.charAt(blank) == ' ') {
      text = text.substring(0, blank) + 'T' + text.substring(blank + 1);
    }
    if (before) {
      int number = 1 - Integer.parseInt(text, 0, year, 10);
      return "%s%04d%s".formatted(number < 0 ? "-" : "", -number, text.substring(year));
    }
    return year > YEAR_LENGTH ? '+' + text : text;
  }

  private static boolean isYear(String text, int length) {
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return length >= YEAR_LENGTH && length <= MOST_YEAR_LENGTH;
  }
}
