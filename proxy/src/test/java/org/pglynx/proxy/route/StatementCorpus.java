package org.pglynx.proxy.route;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The statements of {@code route/statements.txt} with where they may run. */
public final class StatementCorpus {
  /**
   * A statement.
   *
   * @param replica whether a replica may run it
   */
  public record Case(boolean replica, String sql) {}

  private StatementCorpus() {}

  /** All statements. */
  public static List<Case> all() {
    return lines("statements.txt")
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(line -> new Case(line.startsWith("R"), line.length() > 2 ? line.substring(2) : ""))
        .toList();
  }

  /** What the statements are about, one statement a line. */
  public static List<String> schema() {
    return lines("schema.sql").toList();
  }

  private static Stream<String> lines(String name) {
    try (InputStream in = StatementCorpus.class.getResourceAsStream("/route/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
