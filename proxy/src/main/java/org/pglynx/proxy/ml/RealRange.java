package org.pglynx.proxy.ml;

import java.util.Locale;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** The range of real, which features are: what is beyond it is refused as the server refuses it. */
final class RealRange {
  private static final int MOST_SHOWN = 80;

  private RealRange() {}

  /** The number that the text spells, unless it becomes infinite and was not written so. */
  static double within(double value, String written) throws PgErrorException {
    if (Float.isInfinite((float) value) && !spellsInfinity(written)) {
      throw beyond(written);
    }
    return value;
  }

  /** The number, unless only a real makes it infinite. */
  static double within(double value) throws PgErrorException {
    if (Float.isInfinite((float) value) && !Double.isInfinite(value)) {
      throw beyond(Double.toString(value));
    }
    return value;
  }

  private static boolean spellsInfinity(String written) {
    return written.toLowerCase(Locale.ROOT).contains("inf");
  }

  private static PgErrorException beyond(String written) {
    String shown = written.length() > MOST_SHOWN ? written.substring(0, MOST_SHOWN) + "…" : written;
    return PgError.error(
            SqlState.OUT_OF_RANGE, "\"%s\" is out of range for type real".formatted(shown))
        .withHint("Features are of type real, at most 3.4e38; train on scaled columns.")
        .toException();
  }
}
