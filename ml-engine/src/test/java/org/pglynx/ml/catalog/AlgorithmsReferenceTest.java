package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.algo.Algorithm;

/**
 * The reference of algorithms is what the catalogue says, has a score for each of them, and a few
 * quick ones are computed again. {@code -Dwrite=true} computes all and writes it.
 */
class AlgorithmsReferenceTest {
  private static final Path REFERENCE =
      Path.of(System.getProperty("basedir", "."), "..", "docs", "ml", "algorithms.md");
  private static final Set<String> QUICK =
      Set.of("ridge", "lasso", "knn", "naive_bayes", "decision_tree", "kmeans", "pca", "lda");
  private static final List<ScoreRow> ROWS = ScoreRow.all();

  @BeforeAll
  static void write() throws IOException {
    if (Boolean.getBoolean("write")) {
      List<String> lines = new ArrayList<>(AlgorithmsReference.catalogue());
      for (ScoreRow row : ROWS) {
        lines.add(row.known() + " " + ScoreRow.number(row.ours().getAsDouble()) + " |");
      }
      lines.addAll(AlgorithmsReference.hyperparameters());
      Files.writeString(REFERENCE, String.join("\n", lines) + "\n");
    }
  }

  @Test
  void the_text_is_what_the_catalogue_and_the_reference_figures_say() throws IOException {
    List<String> expected = new ArrayList<>(AlgorithmsReference.catalogue());
    ROWS.forEach(row -> expected.add(row.known()));
    expected.addAll(AlgorithmsReference.hyperparameters());

    assertThat(Files.readAllLines(REFERENCE).stream().map(AlgorithmsReferenceTest::withoutOurs))
        .containsExactlyElementsOf(expected);
  }

  @Test
  void every_score_shown_is_the_references_within_its_tolerance() throws IOException {
    for (ScoreRow row : ROWS) {
      assertThat(shown(row)).as(row.known()).isCloseTo(row.reference(), within(allowed(row)));
    }
  }

  @Test
  void quick_ones_score_what_is_shown() throws IOException {
    List<ScoreRow> quick =
        ROWS.stream()
            .filter(row -> QUICK.contains(row.algorithm()) && !row.data().equals("digits"))
            .toList();
    assertThat(quick).extracting(ScoreRow::algorithm).containsAll(QUICK);
    for (ScoreRow row : quick) {
      assertThat(row.ours().getAsDouble()).as(row.known()).isCloseTo(shown(row), within(1e-4));
    }
  }

  @Test
  void every_algorithm_that_is_served_has_a_score() {
    Set<String> scored = ROWS.stream().map(ScoreRow::algorithm).collect(Collectors.toSet());
    assertThat(new Catalogue().all().stream().filter(each -> !each.tasks().isEmpty()))
        .extracting(Algorithm::name)
        .allSatisfy(name -> assertThat(scored).contains(name));
  }

  /** Numbers are shown with five digits. */
  private static double allowed(ScoreRow row) {
    return row.tolerance() + 1.1e-5;
  }

  private static double shown(ScoreRow row) throws IOException {
    String line =
        Files.readAllLines(REFERENCE).stream()
            .filter(each -> each.startsWith(row.known()))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no row " + row.known()));
    return Double.parseDouble(line.substring(row.known().length()).replace("|", "").strip());
  }

  private static String withoutOurs(String line) {
    return line.matches("\\|.*\\| -?\\d+\\.\\d{5} \\|")
        ? line.substring(0, line.lastIndexOf('|', line.length() - 2) + 1)
        : line;
  }
}
