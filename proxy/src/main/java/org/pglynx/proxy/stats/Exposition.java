package org.pglynx.proxy.stats;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Samples for Prometheus. Samples of one name stand together, whatever the order in which they are
 * added, and none is there twice: of counters the sum, of gauges the larger one.
 */
public final class Exposition {
  private static final double NANOS_A_SECOND = 1e9;
  private static final String TOTAL = "_total";

  /** 8 microseconds, then 33, 131, ...: a bound for each factor of four. */
  private static final int FIRST_BITS = 13;

  /** 137 seconds. */
  private static final int LAST_BITS = 37;

  /** A name, and its samples by name and labels. */
  private record Family(String type, String help, Map<String, Double> samples) {}

  private final Map<String, Family> families = new LinkedHashMap<>();

  /** A value that only grows. */
  public void counter(String name, String help, Map<String, String> labels, double value) {
    family(name, "counter", help).samples().merge(series(name, labels), value, Double::sum);
  }

  /** A value at the moment. */
  public void gauge(String name, String help, Map<String, String> labels, double value) {
    family(name, "gauge", help).samples().merge(series(name, labels), value, Math::max);
  }

  /**
   * Times in seconds. The bounds are powers of two of nanoseconds: those are borders of the classes
   * that were counted, so the numbers are exact.
   */
  public void histogram(
      String name, String help, Map<String, String> labels, Distribution times, long totalNanos) {
    Map<String, Double> out = family(name, "histogram", help).samples();
    Map<String, String> bounded = new LinkedHashMap<>(labels);
    for (int bits = FIRST_BITS; bits <= LAST_BITS; bits += 2) {
      bounded.put("le", number((1L << bits) / NANOS_A_SECOND));
      out.merge(series(name + "_bucket", bounded), (double) times.countBelow(bits), Double::sum);
    }
    bounded.put("le", "+Inf");
    out.merge(series(name + "_bucket", bounded), (double) times.count(), Double::sum);
    out.merge(series(name + "_sum", labels), totalNanos / NANOS_A_SECOND, Double::sum);
    out.merge(series(name + "_count", labels), (double) times.count(), Double::sum);
  }

  /**
   * Counts by size.
   *
   * @param bounds of the sizes, ascending
   * @param counts for each bound what is above the one before and not above it, and what is above
   *     all
   */
  public void histogram(
      String name,
      String help,
      Map<String, String> labels,
      long[] bounds,
      long[] counts,
      long sum) {
    Map<String, Double> out = family(name, "histogram", help).samples();
    Map<String, String> bounded = new LinkedHashMap<>(labels);
    double below = 0;
    for (int i = 0; i < counts.length; i++) {
      below += counts[i];
      bounded.put("le", i < bounds.length ? String.valueOf(bounds[i]) : "+Inf");
      out.merge(series(name + "_bucket", bounded), below, Double::sum);
    }
    out.merge(series(name + "_sum", labels), (double) sum, Double::sum);
    out.merge(series(name + "_count", labels), below, Double::sum);
  }

  /** Times of which only their number and their sum are known, in seconds. */
  public void summary(
      String name, String help, Map<String, String> labels, long count, double seconds) {
    Map<String, Double> out = family(name, "summary", help).samples();
    out.merge(series(name + "_sum", labels), seconds, Double::sum);
    out.merge(series(name + "_count", labels), (double) count, Double::sum);
  }

  private Family family(String name, String type, String help) {
    return families.computeIfAbsent(name, fresh -> new Family(type, help, new LinkedHashMap<>()));
  }

  private static String series(String name, Map<String, String> labels) {
    StringBuilder out = new StringBuilder(name);
    char separator = '{';
    for (Map.Entry<String, String> label : labels.entrySet()) {
      out.append(separator).append(label.getKey()).append("=\"");
      out.append(escaped(label.getValue())).append('"');
      separator = ',';
    }
    return labels.isEmpty() ? out.toString() : out.append('}').toString();
  }

  /** A user's name may hold anything. */
  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%d", (long) value)
        : Double.toString(value);
  }

  /** All of it. The names of samples are the same in both formats. */
  public String text(ExpositionFormat format) {
    StringBuilder out = new StringBuilder();
    families.forEach((name, family) -> {
      switch (format) {
        case TEXT -> head(out, name, family.type(), escapedHelp(family));
        case OPEN_METRICS -> openHead(out, name, family);
      }
      family
          .samples()
          .forEach(
              (series, value) -> out.append(series).append(' ').append(number(value)).append('\n'));
    });
    return format == ExpositionFormat.OPEN_METRICS
        ? out.append("# EOF\n").toString()
        : out.toString();
  }

  private static String escapedHelp(Family family) {
    return family.help().replace("\\", "\\\\").replace("\n", "\\n");
  }

  /**
   * There a counter is called by its name without {@code _total}, which no other may have. One that
   * pgcat calls otherwise, and one beside a gauge of that name, are of a type that is not known.
   */
  private void openHead(StringBuilder out, String name, Family family) {
    String help = escapedHelp(family).replace("\"", "\\\"");
    String bare = name.endsWith(TOTAL) ? name.substring(0, name.length() - TOTAL.length()) : name;
    if (!family.type().equals("counter")) {
      head(out, name, family.type(), help);
    } else if (bare.equals(name) || families.containsKey(bare)) {
      head(out, name, "unknown", help);
    } else {
      head(out, bare, "counter", help);
    }
  }

  private static void head(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }
}
