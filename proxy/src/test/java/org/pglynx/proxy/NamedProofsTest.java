package org.pglynx.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The index of other poolers' defects is complete, and the tests that it and the proofs name exist.
 */
class NamedProofsTest {
  private static final Path BASE = Path.of(System.getProperty("basedir", "."));
  private static final Path SOURCES = BASE.resolve("src/test/java");
  private static final Path ENGINE = BASE.resolveSibling("ml-engine/src/test/java");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern IDS = Pattern.compile("CVE-\\d{4}-\\d+");
  private static final Pattern ANY_METHOD = Pattern.compile("void (\\w+)\\(");
  private static final Pattern METHOD = Pattern.compile("void (\\w+_CVE_\\w+)\\(");

  private static final List<String> CVES =
      List.of(
          "CVE-2012-4575",
          "CVE-2015-6817",
          "CVE-2021-3935",
          "CVE-2021-43766",
          "CVE-2021-43767",
          "CVE-2023-22332",
          "CVE-2024-45624",
          "CVE-2025-2291",
          "CVE-2025-12819",
          "CVE-2025-46801",
          "CVE-2026-6664",
          "CVE-2026-6665",
          "CVE-2026-6666",
          "CVE-2026-6667");

  private static List<String> rows() throws IOException {
    return rows("known-failures.md", "| id ");
  }

  private static List<String> rows(String page, String head) throws IOException {
    return Files.readAllLines(BASE.resolveSibling("docs").resolve(page)).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith(head))
        .toList();
  }

  /** The page of what machine learning must do names its proofs in the same way. */
  static Stream<String> rowsWithTests() throws IOException {
    return Stream.concat(rows().stream(), rows("ml/proofs.md", "| what ").stream());
  }

  @ParameterizedTest
  @MethodSource("rowsWithTests")
  void every_row_names_tests_that_exist(String row) throws Exception {
    List<MatchResult> named = TEST.matcher(row).results().toList();
    assertThat(named).as("tests named in the row").isNotEmpty();
    for (MatchResult test : named) {
      assertThat(methods(test.group(1))).contains(test.group(2));
    }
  }

  /** Of the class here and of one of the same name in the engine. */
  private static List<String> methods(String type) throws Exception {
    Path file = file(SOURCES, type);
    List<String> methods = new ArrayList<>(methodsOfTheEngine(type, file != null));
    if (file != null) {
      String path = SOURCES.relativize(file).toString();
      Class<?> known = Class.forName(path.substring(0, path.length() - 5).replace('/', '.'));
      Arrays.stream(known.getDeclaredMethods()).map(Method::getName).forEach(methods::add);
    }
    return methods;
  }

  /** Its tests are not on the path of classes here. */
  private static List<String> methodsOfTheEngine(String type, boolean elsewhere)
      throws IOException {
    Path file = file(ENGINE, type);
    if (file == null && !elsewhere) {
      throw new AssertionError("no test class " + type);
    }
    return file == null
        ? List.of()
        : ANY_METHOD.matcher(Files.readString(file)).results().map(m -> m.group(1)).toList();
  }

  private static @Nullable Path file(Path sources, String type) throws IOException {
    try (Stream<Path> files = Files.walk(sources)) {
      return files
          .filter(each -> each.getFileName().toString().equals(type + ".java"))
          .findFirst()
          .orElse(null);
    }
  }

  /** All that the notes on other poolers number: a row may be about several of them. */
  static Stream<String> ids() {
    Stream<String> pgcat = IntStream.rangeClosed(12, 28).mapToObj(number -> "pgcat " + number);
    Stream<String> others =
        Stream.of(
            "#84",
            "#288",
            "#617",
            "#714",
            "#717",
            "#730",
            "#773",
            "#993",
            "#1025",
            "#1032",
            "#1060",
            "#1061",
            "#1104",
            "#1105",
            "#1120",
            "#1172",
            "#1452",
            "#1459",
            "#1460",
            "#1471",
            "#1475",
            "f4f19442",
            "d7079a88",
            "c9499446",
            "28d1390b",
            "376e80fa",
            "ea9fc2a9",
            "496aaad0",
            "7746e841");
    Stream<String> pgml =
        IntStream.rangeClosed(1, 18).mapToObj(number -> "PostgresML 10." + number);
    return Stream.of(pgcat, CVES.stream(), others, pgml).flatMap(ids -> ids);
  }

  @ParameterizedTest
  @MethodSource("ids")
  void every_known_defect_has_a_row(String id) throws IOException {
    assertThat(rows()).anyMatch(row -> id(row).matches(".*" + id + "\\b.*"));
  }

  private static String id(String row) {
    return row.substring(0, row.indexOf('|', 2));
  }

  static Stream<String> rowsOfCves() throws IOException {
    return rows().stream().filter(row -> id(row).contains("CVE-"));
  }

  /** Who looks for a CVE among the tests finds it by its number. */
  @ParameterizedTest
  @MethodSource("rowsOfCves")
  void every_cve_of_a_row_is_in_the_name_of_one_of_its_tests(String row) {
    Set<String> borne = new TreeSet<>();
    TEST.matcher(row).results().forEach(test -> borne.addAll(cves(test.group(2))));

    assertThat(borne).containsAll(IDS.matcher(id(row)).results().map(MatchResult::group).toList());
  }

  /** And the other way: no test bears the number of a CVE that the index does not lead to. */
  @Test
  void every_test_that_bears_a_cve_is_in_its_row() throws IOException {
    List<String> rows = rows();
    for (String test : testsWithCves()) {
      String method = test.substring(test.indexOf('#') + 1);
      for (String cve : cves(method)) {
        assertThat(rows.stream().filter(row -> id(row).contains(cve)))
            .as("the row of %s", cve)
            .anyMatch(row -> row.contains('`' + test + '`'));
      }
    }
  }

  private static List<String> testsWithCves() throws IOException {
    List<String> tests = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file :
          files
              .filter(each ->
                  each.toString().endsWith("IT.java") || each.toString().endsWith("Test.java"))
              .toList()) {
        String name = String.valueOf(file.getFileName()).replace(".java", "");
        METHOD
            .matcher(Files.readString(file))
            .results()
            .forEach(method -> tests.add(name + '#' + method.group(1)));
      }
    }
    return tests;
  }

  /** {@code …_CVE_2021_3935_43766} is two of one year. */
  private static List<String> cves(String method) {
    List<String> cves = new ArrayList<>();
    int at = method.indexOf("_CVE_");
    if (at >= 0) {
      String[] numbers = method.substring(at + 5).split("_");
      for (int i = 1; i < numbers.length; i++) {
        cves.add("CVE-" + numbers[0] + '-' + numbers[i]);
      }
    }
    return cves;
  }
}
