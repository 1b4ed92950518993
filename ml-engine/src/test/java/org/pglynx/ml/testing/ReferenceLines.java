package org.pglynx.ml.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A line of what scikit-learn finds, cells parted by semicolons.
 *
 * @param header the names of the cells
 * @param cells algorithm;data;hyperparameters and what else the file has
 */
public record ReferenceLines(List<String> header, List<String> cells) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** All lines of a file in {@code reference/}. */
  public static Stream<ReferenceLines> of(String file) {
    InputStream in =
        Objects.requireNonNull(ReferenceLines.class.getResourceAsStream("/reference/" + file));
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      List<List<String>> lines =
          reader.lines().map(line -> Arrays.asList(line.split(";", -1))).toList();
      return lines.stream().skip(1).map(cells -> new ReferenceLines(lines.getFirst(), cells));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The cell of that name. */
  public String text(String name) {
    return cells.get(header.indexOf(name));
  }

  /** The SQL name of the algorithm. */
  public String algorithm() {
    return text("algorithm");
  }

  /** The data set, see {@link Unlabelled#builtIn}. */
  public String data() {
    return text("data");
  }

  /** The hyperparameters. */
  public Map<String, Object> hyperparameters() {
    try {
      return JSON.readValue(text("hyperparameters"), new TypeReference<>() {});
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A cell of numbers with blanks between. */
  public double[] numbers(String name) {
    return Arrays.stream(text(name).split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  /** A cell of labels with blanks between. */
  public int[] labels(String name) {
    return Arrays.stream(text(name).split(" ", -1)).mapToInt(Integer::parseInt).toArray();
  }

  @Override
  public String toString() {
    return String.join(" ", cells.subList(0, 3));
  }
}
