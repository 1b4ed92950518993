package org.pglynx.proxy.stats;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' text format 0.0.4, or OpenMetrics 1.0, as strictly as it is defined; throws
 * {@link IllegalArgumentException} with the line for whatever is not so. A reader of its own, that
 * shares nothing with the writer.
 */
public final class ExpositionReader {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");
  private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram", "summary");
  private static final String END = "# EOF\n";

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, Map<Map<String, String>, Double>> samples = new LinkedHashMap<>();
  private String family = "";
  private String helped = "";
  private final boolean open;

  private ExpositionReader(boolean open) {
    this.open = open;
  }

  /** Reads it all. */
  public static ExpositionReader read(String text) {
    return read(new ExpositionReader(false), text);
  }

  /** The same of OpenMetrics. */
  public static ExpositionReader readOpenMetrics(String text) {
    check(text.endsWith(END), "no end");
    ExpositionReader reader =
        read(new ExpositionReader(true), text.substring(0, text.length() - END.length()));
    // A counter's sample must not be taken for another's.
    reader.types.forEach((name, type) -> {
      check(!type.equals("counter") || !reader.types.containsKey(name + "_total"), name);
    });
    return reader;
  }

  private static ExpositionReader read(ExpositionReader reader, String text) {
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException("the last line has no end");
    }
    for (String line : text.split("\n", -1)) {
      if (!line.isEmpty()) {
        reader.line(line);
      }
    }
    reader.types.forEach((name, type) -> {
      if (type.equals("histogram")) {
        reader.checkHistogram(name);
      }
    });
    return reader;
  }

  /** The values of a name, by labels. */
  public Map<Map<String, String>, Double> of(String name) {
    return samples.getOrDefault(name, Map.of());
  }

  /** The one value of a name whose labels include these. */
  public double value(String name, String... labels) {
    Map<String, String> wanted = new HashMap<>();
    for (int i = 0; i < labels.length; i += 2) {
      wanted.put(labels[i], labels[i + 1]);
    }
    List<Double> found = new ArrayList<>();
    of(name)
        .forEach((all, value) -> {
          if (all.entrySet().containsAll(wanted.entrySet())) {
            found.add(value);
          }
        });
    if (found.size() != 1) {
      throw new IllegalArgumentException(found.size() + " of " + name + wanted + " in " + of(name));
    }
    return found.getFirst();
  }

  /** The names of samples. */
  public Set<String> names() {
    return samples.keySet();
  }

  /** The types by name. */
  public Map<String, String> types() {
    return types;
  }

  private void line(String line) {
    if (line.startsWith("# HELP ")) {
      String[] words = line.split(" ", 4);
      check(words.length == 4 && !words[3].isBlank(), line);
      check(!types.containsKey(words[2]), "a name comes back: " + line);
      helped = words[2];
    } else if (line.startsWith("# TYPE ")) {
      String[] words = line.split(" ");
      check(words.length == 4 && NAME.matcher(words[2]).matches(), line);
      check(TYPES.contains(words[3]) || open && words[3].equals("unknown"), line);
      check(helped.equals(words[2]), "no help: " + line);
      check(types.put(words[2], words[3]) == null, "two types: " + line);
      family = words[2];
    } else {
      sample(line);
    }
  }

  private void sample(String line) {
    Matcher matched = SAMPLE.matcher(line);
    check(matched.matches(), line);
    String name = matched.group(1);
    check(belongs(name), "not below its type: " + line);
    double value = number(matched.group(3));
    check(!"counter".equals(types.get(family)) || value >= 0, line);
    Map<String, String> labels = matched.group(2) == null ? Map.of() : labels(matched.group(2));
    Double before =
        samples.computeIfAbsent(name, fresh -> new LinkedHashMap<>()).put(labels, value);
    check(before == null, "twice: " + line);
  }

  private boolean belongs(String name) {
    return switch (types.getOrDefault(family, "")) {
      case "histogram" ->
          name.equals(family + "_bucket")
              || name.equals(family + "_sum")
              || name.equals(family + "_count");
      case "summary" -> name.equals(family + "_sum") || name.equals(family + "_count");
      case "counter" -> name.equals(open ? family + "_total" : family);
      default -> name.equals(family);
    };
  }

  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    Matcher matched = LABEL.matcher(text);
    int end = 0;
    while (matched.find()) {
      check(matched.start() == end, text);
      String value = unescaped(matched.group(2));
      check(labels.put(matched.group(1), value) == null, "a label twice: " + text);
      end = matched.end();
    }
    check(end == text.length() && !text.endsWith(","), text);
    return labels;
  }

  private static String unescaped(String text) {
    return ESCAPE
        .matcher(text)
        .replaceAll(
            found -> Matcher.quoteReplacement(found.group(1).equals("n") ? "\n" : found.group(1)));
  }

  private void checkHistogram(String name) {
    Map<Map<String, String>, List<double[]>> buckets = new LinkedHashMap<>();
    of(name + "_bucket")
        .forEach((labels, value) -> {
          Map<String, String> rest = new HashMap<>(labels);
          String bound = rest.remove("le");
          check(bound != null, name + " without le");
          buckets
              .computeIfAbsent(rest, fresh -> new ArrayList<>())
              .add(new double[] {number(String.valueOf(bound)), value});
        });
    check(buckets.keySet().equals(of(name + "_count").keySet()), name + "_count");
    check(buckets.keySet().equals(of(name + "_sum").keySet()), name + "_sum");
    Set<Integer> sizes = new HashSet<>();
    buckets.forEach((labels, bounds) -> {
      sizes.add(bounds.size());
      for (int i = 1; i < bounds.size(); i++) {
        check(bounds.get(i)[0] > bounds.get(i - 1)[0], name + " bounds " + labels);
        check(bounds.get(i)[1] >= bounds.get(i - 1)[1], name + " counts sink " + labels);
      }
      check(bounds.getLast()[0] == Double.POSITIVE_INFINITY, name + " has no +Inf");
      check(
          Double.valueOf(bounds.getLast()[1]).equals(of(name + "_count").get(labels)),
          name + " +Inf is not the count");
    });
    check(sizes.size() <= 1, name + " has different bounds");
  }

  private static void check(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }
}
