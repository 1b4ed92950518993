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
import org.pglynx.ml.model.Task;

/**
 * Models that scikit-learn 1.2.1 has fitted, made by {@code src/test/python/linear_reference.py}.
 */
public final class LinearReferences {
  /**
   * One of them.
   *
   * @param algorithm its SQL name
   * @param task what it does
   * @param data the data set; fold 0 is held out
   * @param options scaled, weighted, small: see the script
   * @param hyperparams as JSON
   * @param tolerance how far scores may be off, as a share of their standard deviation
   * @param score r2 or accuracy on the held-out rows
   * @param intercepts one for each output
   * @param weights outputs × features
   * @param how the estimator in Python
   */
  public record Reference(
      String algorithm,
      Task task,
      String data,
      List<String> options,
      String hyperparams,
      double tolerance,
      double score,
      double[] intercepts,
      double[] weights,
      String how) {
    @Override
    public String toString() {
      return how + " on " + data + " " + options;
    }
  }

  private LinearReferences() {}

  /** All of a table. */
  public static List<Reference> of(String file) {
    InputStream in =
        Objects.requireNonNull(LinearReferences.class.getResourceAsStream("/reference/" + file));
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().skip(1).map(LinearReferences::parse).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Reference parse(String line) {
    String[] cells = line.split("\t", -1);
    return new Reference(
        cells[0],
        Task.bySqlName(cells[1]).orElseThrow(),
        cells[2],
        Arrays.asList(cells[3].split(" ", -1)),
        cells[4],
        Double.parseDouble(cells[5]),
        Double.parseDouble(cells[6]),
        numbers(cells[7]),
        numbers(cells[8]),
        cells[9]);
  }

  private static double[] numbers(String text) {
    return Arrays.stream(text.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }
}
