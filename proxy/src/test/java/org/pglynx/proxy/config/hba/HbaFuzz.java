package org.pglynx.proxy.config.hba;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.wire.Choices;

/**
 * Fuzz target: rules and user maps made of what they are made of, and of any bytes, also in files
 * that name each other.
 *
 * <p>Holds: nothing is thrown; a record is a rule or a fault; faults have places; a value that was
 * quoted is read as it was before; a map can be asked.
 */
public final class HbaFuzz {
  private static final List<String> PIECES =
      List.of(
          "host",
          "hostssl",
          "hostnossl",
          "hostgssenc",
          "local",
          "all",
          "sameuser",
          "samerole",
          "replication",
          "samehost",
          "samenet",
          "@more.conf",
          "@",
          "/",
          "/[",
          "/^a(b*)*$",
          "(",
          ")",
          "\\1",
          "+",
          "\"",
          "\"\"",
          ",",
          " ",
          " ",
          "\t",
          "\r",
          "#",
          "\\",
          "\\\n",
          "\n",
          "10.0.0.0",
          "/8",
          "/33",
          "::",
          "::1/128",
          ":",
          "255.0.0.0",
          "1.2.3.4.5",
          "md5",
          "trust",
          "cert",
          "peer",
          "scram-sha-256",
          "gss",
          "map=",
          "m",
          "=",
          "clientcert=verify-full",
          "clientcert=verify-ca",
          "clientname=CN",
          "include ",
          "include_if_exists ",
          "include_dir ",
          "more.conf",
          ".",
          "..",
          "pg.conf",
          "\u00e4",
          "\0",
          "*",
          "\u2028",
          "a");

  private static final List<String> RECORDS =
      List.of(
          "host all all 10.0.0.0/8 scram-sha-256\n",
          "hostssl a,b \"all\" ::/0 cert map=m\n",
          "local all all peer map=m\n",
          "host all /^a 10.0.0.0 255.0.0.0 md5\n",
          "m /^(.*)@a$ \\1\n",
          "m anna all\n");

  private static final Path DIRECTORY = directory();

  private HbaFuzz() {}

  private static Path directory() {
    try {
      Path directory = Files.createTempDirectory("hba-fuzz");
      directory.toFile().deleteOnExit();
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Choices choices = new Choices(input);
    switch (choices.below(8)) {
      case 0 -> file(choices);
      case 1, 2 -> quoted(choices);
      case 3 -> inline(new String(choices.rest(), StandardCharsets.UTF_8));
      default -> inline(text(choices));
    }
  }

  private static String text(Choices choices) {
    StringBuilder text = new StringBuilder();
    while (choices.more()) {
      text.append(choices.below(16) == 0 ? choices.of(RECORDS) : choices.of(PIECES));
      text.append(choices.below(3) == 0 ? " " : "");
    }
    return text.toString();
  }

  private static void inline(String text) {
    HbaReader reader = new HbaReader();
    List<HbaRule> rules = reader.inline(text, "p.toml", 3, 5);
    assertThat(rules.size()).isEqualTo(reader.faults().isEmpty() ? 1 : 0);
    placed(reader);
  }

  /** Two files, read as rules and as maps; each may include the other, and itself. */
  private static void file(Choices choices) {
    Path first = DIRECTORY.resolve("pg.conf");
    Path more = DIRECTORY.resolve("more.conf");
    int split = choices.below(40);
    byte[] rest = choices.flag() ? bytes(choices) : choices.rest();
    try {
      Files.write(first, java.util.Arrays.copyOf(rest, Math.min(split, rest.length)));
      Files.write(
          more, java.util.Arrays.copyOfRange(rest, Math.min(split, rest.length), rest.length));
      read(first);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      first.toFile().delete();
      more.toFile().delete();
    }
  }

  private static byte[] bytes(Choices choices) {
    return text(choices).getBytes(StandardCharsets.UTF_8);
  }

  private static void read(Path file) {
    HbaReader rules = new HbaReader();
    for (HbaRule rule : rules.rules(file, "p.toml", 1, 1)) {
      assertThat(rule.source()).startsWith(DIRECTORY.toString());
    }
    placed(rules);
    HbaReader maps = new HbaReader();
    for (IdentEntry entry : maps.maps(file, "p.toml", 1, 1)) {
      entry.allows("anna", "anna");
      entry.allows("", "");
    }
    placed(maps);
  }

  private static void placed(HbaReader reader) {
    reader
        .faults()
        .forEach(fault -> {
          assertThat(fault.line()).isPositive();
          assertThat(fault.column()).isPositive();
          assertThat(fault.message()).isNotBlank();
        });
  }

  /** Fields of any values come back from their quotes, whatever stands behind them. */
  private static void quoted(Choices choices) {
    List<List<String>> fields = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (int i = 1 + choices.below(5); i > 0; i--) {
      List<String> values = new ArrayList<>();
      for (int j = 1 + choices.below(3); j > 0; j--) {
        values.add(value(choices));
      }
      line.append(choices.flag() ? " " : "\t");
      line.append(
          String.join(choices.flag() ? "," : ", ", values.stream().map(HbaFuzz::quote).toList()));
      fields.add(values);
    }
    line.append(choices.flag() ? " # \"a comment" : "");
    List<List<String>> read =
        new Tokenizer(line.toString())
            .fields().stream()
                .map(field -> field.tokens().stream().map(AuthLine.Token::text).toList())
                .toList();
    assertThat(read).isEqualTo(fields);
  }

  private static String value(Choices choices) {
    StringBuilder value = new StringBuilder();
    for (int i = choices.below(4); i > 0; i--) {
      value.append(choices.of(PIECES));
    }
    return value.toString();
  }

  private static String quote(String value) {
    return '"' + value.replace("\"", "\"\"") + '"';
  }
}
