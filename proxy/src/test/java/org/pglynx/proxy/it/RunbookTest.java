package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Unit: the lines of the log that the runbook explains are lines that the product writes. */
class RunbookTest {
  private static final Path SOURCES = Path.of("src", "main", "java");
  private static final Path RUNBOOK = Path.of("..", "docs", "operations.md");
  private static final Pattern LINE = Pattern.compile("\\| `([^`]+)` \\| [^|]+ \\| [^|]+ \\|");

  /** The code, with texts of several lines put together. */
  static String sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<Path> java = files.filter(file -> file.toString().endsWith(".java")).toList();
      return java.stream()
          .map(RunbookTest::read)
          .collect(Collectors.joining("\n"))
          .replaceAll("\"\\s*\\+ \"", "");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void every_explained_line_is_written() throws IOException {
    String sources = sources();
    String text = Files.readString(RUNBOOK);
    int begin = text.indexOf("## What the log says");
    String table = text.substring(begin, text.indexOf("## What alarms mean"));

    List<String> explained = LINE.matcher(table).results().map(found -> found.group(1)).toList();
    assertThat(explained).hasSizeGreaterThan(15);
    assertThat(explained).allMatch(line -> sources.contains('"' + line));
  }
}
