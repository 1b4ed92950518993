package org.pglynx.proxy.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of the file while it is read. Asking for a key makes the key known; {@link #finish}
 * reports the keys nobody asked for. A faulty value is reported and its fallback returned, so that
 * reading goes on and one run finds every fault.
 */
final class Section {
  private static final String MUST_BE_NAMED = "-";

  /** NAMEDATALEN - 1. */
  private static final int MAX_NAME_BYTES = 63;

  static final String TOO_LONG =
      "a name is cut to " + MAX_NAME_BYTES + " bytes, as PostgreSQL does; shorten it";

  /** Before the name of a file that holds a secret. */
  private static final String FILE = "file:";

  private static final String MASK = "********";

  private final TomlTable table;
  private final List<String> path;
  private final TomlPosition position;
  private final LoadReport report;
  private final Set<String> known = new LinkedHashSet<>();

  Section(TomlTable table, List<String> path, TomlPosition position, LoadReport report) {
    this.table = table;
    this.path = path;
    this.position = position;
    this.report = report;
  }

  /** The last part of the table's path: the pool's name, the shard's number. */
  String name() {
    return path.getLast();
  }

  LoadReport report() {
    return report;
  }

  /** The table's own path, quoted where TOML needs it. */
  String path() {
    return path.isEmpty() ? "the file" : Toml.joinKeyPath(path);
  }

  /** Where the table begins. */
  TomlPosition position() {
    return position;
  }

  boolean has(String key) {
    return table.contains(List.of(key)) || report.surroundings().value(pathOf(key)) != null;
  }

  /** Full path of a key of this table, quoted where TOML needs it. */
  String pathOf(String key) {
    List<String> full = new ArrayList<>(path);
    full.add(key);
    return Toml.joinKeyPath(full);
  }

  /** Where the key stands, or the table if the key is absent. */
  TomlPosition positionOf(String key) {
    TomlPosition found = table.inputPositionOf(List.of(key));
    return found == null ? position : found;
  }

  /** Reports a fault of one key. */
  void fault(String key, String message) {
    report.fault(positionOf(key), pathOf(key) + ": " + message);
  }

  /** A text that may be absent. */
  String text(String key, String fallback) {
    String value = typed(key, String.class, "a text in quotes", fallback);
    report.setting(pathOf(key), value, fallback);
    return value;
  }

  /** A text that must be there and not be empty. */
  String requiredText(String key) {
    String value = required(key, String.class, "a text in quotes", "");
    if (value.isEmpty() && has(key)) {
      fault(key, "must not be empty");
    }
    report.setting(pathOf(key), value, MUST_BE_NAMED);
    return value;
  }

  /** Whether a name is longer than what PostgreSQL leaves of names that clients send. */
  static boolean tooLong(String name) {
    return name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES;
  }

  /** A password; no message and no setting shows its value. */
  Secret secret(String key, Secret fallback) {
    known.add(key);
    if (!has(key)) {
      return fallback;
    }
    report.setting(pathOf(key), MASK, MUST_BE_NAMED);
    if (given(key, String.class) instanceof String value) {
      Secret secret = new Secret(value.startsWith(FILE) ? fromFile(key, value) : value);
      secret.fault().ifPresent(why -> fault(key, why));
      return secret;
    }
    fault(key, "expected a text in quotes");
    return fallback;
  }

  /** The first line of a file that the key names; so orchestrators hand over secrets. */
  private String fromFile(String key, String value) {
    Path file = report.resolve(value.substring(FILE.length()));
    try {
      return Files.readAllLines(file).stream().findFirst().orElse("");
    } catch (IOException e) {
      fault(key, "cannot read the file \"" + file + '"');
      return "";
    }
  }

  /** The one of two names of a key that the file uses; one of them may stand in it. */
  String spelled(String key, String alias) {
    known.add(key);
    known.add(alias);
    if (has(key) && has(alias)) {
      fault(alias, "is another name of " + key + ", which is given, too");
    }
    return has(alias) ? alias : key;
  }

  boolean flag(String key, boolean fallback) {
    boolean value = typed(key, Boolean.class, "true or false", fallback);
    report.setting(pathOf(key), String.valueOf(value), String.valueOf(fallback));
    return value;
  }

  int integer(String key, int fallback, int min, int max) {
    return (int) whole(key, fallback, min, max);
  }

  /** Any whole number of 64 bits. */
  long number(String key, long fallback) {
    return whole(key, fallback, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /** A whole number of milliseconds, up to 24 days as in pgcat. */
  long millis(String key, long fallback, long min) {
    return whole(key, fallback, min, Integer.MAX_VALUE);
  }

  int requiredInteger(String key, int min, int max) {
    int value =
        (int) inRange(key, required(key, Long.class, "a whole number", (long) min), min, max);
    report.setting(pathOf(key), String.valueOf(value), MUST_BE_NAMED);
    return value;
  }

  private long whole(String key, long fallback, long min, long max) {
    long value = inRange(key, typed(key, Long.class, "a whole number", fallback), min, max);
    report.setting(pathOf(key), String.valueOf(value), String.valueOf(fallback));
    return value;
  }

  private long inRange(String key, long value, long min, long max) {
    if (value < min || value > max) {
      fault(key, value + " is out of range; allowed is " + min + " to " + max);
      return min;
    }
    return value;
  }

  /** One constant of an enum. */
  <E extends Enum<E> & ConfigName> E choice(String key, E fallback) {
    E[] constants = fallback.getDeclaringClass().getEnumConstants();
    List<String> names = Arrays.stream(constants).map(ConfigName::configName).toList();
    String value = oneOf(key, fallback.configName(), names);
    return constants[names.indexOf(value)];
  }

  /** One of several texts. */
  String oneOf(String key, String fallback, List<String> allowed) {
    String value = typed(key, String.class, "a text in quotes", fallback);
    if (!allowed.contains(value)) {
      String list =
          allowed.stream().map(name -> '"' + name + '"').collect(Collectors.joining(", "));
      fault(key, '"' + value + "\" is not one of " + list + Spelling.suggestion(value, allowed));
      value = fallback;
    }
    report.setting(pathOf(key), value, fallback);
    return value;
  }

  /** A list of texts; empty when absent. */
  List<String> texts(String key) {
    TomlArray list = typed(key, TomlArray.class, "a list", Toml.parse("a=[]").getArrayOrEmpty("a"));
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) instanceof String text) {
        texts.add(text);
      } else {
        fault(key, "expected texts in quotes, found " + described(list.get(i)));
      }
    }
    report.setting(pathOf(key), String.join(", ", texts), "");
    return texts;
  }

  /** A list that must be there. */
  TomlArray requiredList(String key) {
    return required(key, TomlArray.class, "a list", Toml.parse("a=[]").getArrayOrEmpty("a"));
  }

  /** A list; empty when absent. */
  TomlArray optionalList(String key) {
    return typed(key, TomlArray.class, "a list", Toml.parse("a=[]").getArrayOrEmpty("a"));
  }

  /** The tables of a list of tables ({@code [[key]]}), in file order; none if it is absent. */
  List<Section> list(String key) {
    TomlArray found =
        typed(key, TomlArray.class, "a list of tables", Toml.parse("a=[]").getArrayOrEmpty("a"));
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i) instanceof TomlTable each) {
        List<String> below = new ArrayList<>(path);
        below.add(key);
        below.add(String.valueOf(i));
        sections.add(new Section(each, List.copyOf(below), found.inputPositionOf(i), report));
      } else {
        fault(key, "expected a list of tables, found " + described(found.get(i)) + " in it");
      }
    }
    return sections;
  }

  /** A table below this one; empty when absent. */
  Section table(String key) {
    TomlTable empty = Toml.parse("");
    TomlTable found = typed(key, TomlTable.class, "a table", empty);
    List<String> below = new ArrayList<>(path);
    below.add(key);
    return new Section(found, List.copyOf(below), positionOf(key), report);
  }

  /** A table that must be there and hold something. */
  Section requiredTable(String key) {
    Section found = table(key);
    boolean absent = !has(key);
    boolean empty = table.get(List.of(key)) instanceof TomlTable given && given.isEmpty();
    if (absent || empty) {
      report.fault(positionOf(key), pathOf(key) + ": the table is missing or empty");
    }
    return found;
  }

  /** All tables below this one, in file order; each key is one. */
  List<Section> tables() {
    return table.keySet().stream().map(this::table).toList();
  }

  /** Says something about a key that is worth knowing. */
  void notice(String key, String message) {
    report.notice(positionOf(key), pathOf(key) + ": " + message);
  }

  /** Whether the key is given as true or false, whatever else it may be. */
  boolean spelledAsFlag(String key) {
    return given(key, Object.class) instanceof Boolean;
  }

  /** Says that a key of pgcat is known, checked, and changes nothing here, and why. */
  void withoutEffect(String key, String why) {
    if (has(key)) {
      report.notice(positionOf(key), pathOf(key) + " has no effect: " + why);
    }
  }

  /**
   * A key of pgcat that is not served yet: accepted only with a value that turns it off.
   *
   * @param off values that ask for nothing; none if the key must not be there at all
   */
  void notServed(String key, Object... off) {
    known.add(key);
    Object value = given(key, Object.class);
    if (value == null || isOff(value, off)) {
      return;
    }
    String remedy = off.length == 0 ? "remove it" : "remove it or set it to " + spelled(off[0]);
    report.fault(positionOf(key), pathOf(key) + " is not served yet; " + remedy);
  }

  private static boolean isOff(Object value, Object... off) {
    boolean emptyList = value instanceof TomlArray list && list.isEmpty();
    boolean emptyTable = value instanceof TomlTable table && table.isEmpty();
    return emptyList || emptyTable || Arrays.asList(off).contains(value);
  }

  private static String spelled(Object value) {
    return value instanceof String text ? '"' + text + '"' : value.toString();
  }

  /** Reports every key that nobody asked for. */
  void finish() {
    known.forEach(key -> report.known(pathOf(key)));
    for (String key : table.keySet()) {
      if (!known.contains(key)) {
        fault(key, "unknown key" + Spelling.suggestion(key, known));
      }
    }
    for (String set : report.surroundings().values().keySet()) {
      String prefix = Toml.joinKeyPath(path) + ".";
      String key = set.startsWith(prefix) ? set.substring(prefix.length()) : "";
      if (!key.isEmpty() && !known.contains(key)) {
        fault(key, "unknown key, set outside of the file" + Spelling.suggestion(key, known));
      }
    }
  }

  /** What the key is set to, in the file or beside it; null if it is not. */
  private @Nullable Object given(String key, Class<?> type) {
    String set = report.surroundings().value(pathOf(key));
    if (set != null) {
      return type == String.class ? set : parsed(set);
    }
    Object value = table.get(List.of(key));
    return value instanceof String text
        ? report.surroundings().resolved(text, name -> fault(key, unknown(name)))
        : value;
  }

  private static String unknown(String name) {
    return "${"
        + name
        + "} is no variable of the environment; write $${"
        + name
        + "} for the text itself";
  }

  /** A value that stands beside the file has no quotes. */
  private static Object parsed(String set) {
    if (set.equals("true") || set.equals("false")) {
      return Boolean.valueOf(set);
    }
    if (set.matches("[+-]?[0-9]{1,18}")) {
      return Long.valueOf(set);
    }
    TomlParseResult list = set.startsWith("[") ? Toml.parse("a = " + set) : Toml.parse("");
    TomlArray array = list.hasErrors() ? null : list.getArray("a");
    return array == null ? set : array;
  }

  private <T> T required(String key, Class<T> type, String expected, T fallback) {
    if (!has(key)) {
      report.fault(position, path() + ": the key \"" + key + "\" is missing");
    }
    return typed(key, type, expected, fallback);
  }

  private <T> T typed(String key, Class<T> type, String expected, T fallback) {
    known.add(key);
    @Nullable Object value = given(key, type);
    if (value == null || type.isInstance(value)) {
      return value == null ? fallback : Objects.requireNonNull(type.cast(value));
    }
    fault(key, "expected " + expected + ", found " + described(value));
    return fallback;
  }

  /** A value of the wrong type as an error message shows it. */
  static String described(Object value) {
    return switch (value) {
      case String text -> "the text \"" + text + '"';
      case Long number -> "the number " + number;
      case Double number -> "the number " + number;
      case Boolean flag -> flag.toString();
      case TomlArray _ -> "a list";
      case TomlTable _ -> "a table";
      default -> "the date or time " + value;
    };
  }
}
