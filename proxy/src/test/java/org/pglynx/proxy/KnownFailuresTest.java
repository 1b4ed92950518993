package org.pglynx.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The index of other poolers' defects is complete, and its tests exist. */
class KnownFailuresTest {
  private static final Path BASE = Path.of(System.getProperty("basedir", "."));
  private static final Path SOURCES = BASE.resolve("src/test/java");
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");

  private static List<String> rows() throws IOException {
    return Files.readAllLines(BASE.resolveSibling("docs/known-failures.md")).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| id "))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void every_row_names_tests_that_exist(String row) throws Exception {
    List<MatchResult> named = TEST.matcher(row).results().toList();
    assertThat(named).as("tests named in the row").isNotEmpty();
    for (MatchResult test : named) {
      Stream<String> methods =
          Arrays.stream(type(test.group(1)).getDeclaredMethods()).map(Method::getName);
      assertThat(methods).contains(test.group(2));
    }
  }

  private static Class<?> type(String name) throws Exception {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      Path file =
          files
              .filter(each -> each.getFileName().toString().equals(name + ".java"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no test class " + name));
      String path = SOURCES.relativize(file).toString();
      return Class.forName(path.substring(0, path.length() - 5).replace('/', '.'));
    }
  }

  static Stream<String> ids() {
    Stream<String> pgcat = IntStream.rangeClosed(12, 28).mapToObj(number -> "pgcat " + number);
    Stream<String> others =
        Stream.of(
            "CVE-2021-3935",
            "CVE-2021-43766",
            "CVE-2021-43767",
            "CVE-2025-2291",
            "CVE-2025-12819",
            "CVE-2026-6664",
            "CVE-2026-6665",
            "CVE-2026-6666",
            "CVE-2026-6667",
            "CVE-2015-6817",
            "CVE-2012-4575",
            "CVE-2025-46801",
            "CVE-2024-45624",
            "CVE-2023-22332",
            "#1452",
            "#1105",
            "#717",
            "#714",
            "#1471",
            "#1459",
            "f4f19442",
            "d7079a88",
            "c9499446",
            "28d1390b",
            "376e80fa");
    return Stream.concat(pgcat, others);
  }

  @ParameterizedTest
  @MethodSource("ids")
  void every_known_defect_has_a_row(String id) throws IOException {
    assertThat(rows())
        .anyMatch(row -> row.substring(0, row.indexOf('|', 2)).matches(".*" + id + "\\b.*"));
  }
}
