package org.pglynx.ml.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Scores of scikit-learn 1.2.1 and XGBoost 1.7.4, measured once and stored with the tests. */
public final class ReferenceScores {
  private static final List<String> LINES = lines("reference-scores.csv");

  private ReferenceScores() {}

  /** A score such as {@code of("diabetes", "ridge", "last25", "r2")}. */
  public static double of(String data, String model, String protocol, String score) {
    int column = Arrays.asList(LINES.getFirst().split(",", -1)).indexOf(score);
    String prefix = data + "," + model + "," + protocol + ",";
    String line = LINES.stream().filter(l -> l.startsWith(prefix)).findFirst().orElseThrow();
    return Double.parseDouble(line.split(",", -1)[column]);
  }

  /** The fold of every row of a data set. */
  public static int[] folds(String data) {
    return lines(data + ".fold.csv").stream().skip(1).mapToInt(Integer::parseInt).toArray();
  }

  private static List<String> lines(String file) {
    InputStream in =
        Objects.requireNonNull(ReferenceScores.class.getResourceAsStream("/reference/" + file));
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
