package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The tutorial of machine learning runs from top to bottom, and shows what comes out of it. {@code
 * -Dwrite=true} writes the results into it.
 */
class TutorialIT {
  private static final Path TUTORIAL =
      Path.of(System.getProperty("basedir", ".")).resolveSibling("docs/ml/tutorial.md");
  private static final double SHARE = 0.01;

  @RegisterExtension static final ProxyUnderTest PROXY = ProxyUnderTest.deferring(2);

  @Test
  void the_tutorial_shows_what_its_statements_answer() throws Exception {
    List<TutorialText.Block> blocks = TutorialText.blocks(Files.readAllLines(TUTORIAL));
    assertThat(blocks).hasSizeGreaterThan(10);
    try (Connection connection = PROXY.connect("preferQueryMode", "simple")) {
      for (TutorialText.Block block : blocks) {
        String answered = answers(connection, block.statements());
        if (Boolean.getBoolean("write")) {
          write(block, answered);
        } else if (block.shown() != null) {
          assertAlike(answered, block.shown(), block.statements());
        }
      }
    }
  }

  private static String answers(Connection connection, List<String> statements)
      throws SQLException {
    StringBuilder text = new StringBuilder();
    for (String sql : statements) {
      try (Statement statement = connection.createStatement()) {
        if (statement.execute(sql)) {
          try (ResultSet result = statement.getResultSet()) {
            text.append(text.isEmpty() ? "" : "\n").append(AlignedTable.of(result));
          }
        }
      } catch (SQLException e) {
        throw new SQLException(sql + "\n" + e.getMessage(), e.getSQLState(), e);
      }
    }
    return text.toString();
  }

  /** The same words, and numbers that other processors may compute a little differently. */
  private static void assertAlike(String answered, String shown, List<String> statements) {
    List<String> ours = words(answered);
    List<String> theirs = words(shown);
    assertThat(ours).as("%s answered %s", statements, answered).hasSameSizeAs(theirs);
    for (int i = 0; i < ours.size(); i++) {
      assertThat(alike(ours.get(i), theirs.get(i)))
          .as("\"%s\" of %s is shown as \"%s\"", ours.get(i), statements, theirs.get(i))
          .isTrue();
    }
  }

  /** Values and names without the space and the lines around them, which follow their widths. */
  private static List<String> words(String text) {
    return List.of(text.replaceAll("-{3,}", "--").strip().split("[\\s{},:|]+"));
  }

  private static boolean alike(String one, String other) {
    if (one.equals(other)) {
      return true;
    }
    try {
      double a = Double.parseDouble(one);
      double b = Double.parseDouble(other);
      return one.contains(".") && Math.abs(a - b) <= SHARE * Math.max(Math.abs(a), Math.abs(b));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static void write(TutorialText.Block block, String answered) throws IOException {
    if (block.shown() != null) {
      String text = Files.readString(TUTORIAL);
      Files.writeString(TUTORIAL, block.withAnswer(text, answered));
    }
  }
}
