package org.pglynx.proxy.ml;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads intervals as the server writes them: in IntervalStyle postgres, which is also how
 * sql_standard writes hours, in postgres_verbose and in iso_8601.
 */
final class IntervalText {
  private static final double MICROS = 1_000_000;

  private static final Pattern POSTGRES =
      Pattern.compile(
          "(?:([-+]?\\d+) years?)? ?(?:([-+]?\\d+) mons?)? ?(?:([-+]?\\d+) days?)? ?"
              + "(?:([-+])?(\\d+):(\\d\\d):(\\d\\d(?:\\.\\d+)?))?");

  /** Years, months, days, hours, minutes and seconds, each with a sign of its own. */
  private static final List<Pattern> SIX_PARTS =
      List.of(
          Pattern.compile(
              "P(?:(-?\\d+)Y)?(?:(-?\\d+)M)?(?:(-?\\d+)D)?"
                  + "(?:T(?:(-?\\d+)H)?(?:(-?\\d+)M)?(?:(-?\\d+(?:\\.\\d+)?)S)?)?"),
          Pattern.compile(
              "@(?: (-?\\d+) years?)?(?: (-?\\d+) mons?)?(?: (-?\\d+) days?)?(?: (-?\\d+) hours?)?"
                  + "(?: (-?\\d+) mins?)?(?: (-?\\d+(?:\\.\\d+)?) secs?)?(?: 0)?( ago)?"));

  private IntervalText() {}

  /** Seconds, or null if the text is no interval. */
  static @Nullable Double seconds(String text) {
    for (Pattern pattern : SIX_PARTS) {
      Matcher parts = pattern.matcher(text);
      if (text.length() > 1 && parts.matches()) {
        double seconds = ofSix(parts);
        return parts.groupCount() > 6 && parts.group(7) != null ? -seconds : seconds;
      }
    }
    Matcher parts = POSTGRES.matcher(text);
    return !text.isEmpty() && parts.matches() ? ofPostgres(parts) : null;
  }

  private static double ofSix(Matcher parts) {
    long micros =
        (number(parts.group(4)) * 3600 + number(parts.group(5)) * 60) * 1_000_000
            + micros(parts.group(6));
    return Epochs.ofInterval(micros, (int) number(parts.group(3)), months(parts));
  }

  private static double ofPostgres(Matcher parts) {
    long micros =
        (number(parts.group(5)) * 3600 + number(parts.group(6)) * 60) * 1_000_000
            + micros(parts.group(7));
    return Epochs.ofInterval(
        "-".equals(parts.group(4)) ? -micros : micros, (int) number(parts.group(3)), months(parts));
  }

  private static int months(Matcher parts) {
    return (int) (number(parts.group(1)) * 12 + number(parts.group(2)));
  }

  private static long micros(@Nullable String seconds) {
    return seconds == null ? 0 : Math.round(Double.parseDouble(seconds) * MICROS);
  }

  private static long number(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
