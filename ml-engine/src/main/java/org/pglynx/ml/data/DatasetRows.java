package org.pglynx.ml.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A cursor over the rows of a built-in data set; only the current line is in memory. */
public final class DatasetRows implements AutoCloseable {
  private static final int IMAGE_SIDE = 8;

  private final BuiltInDataset dataset;
  private final BufferedReader lines;
  private final int[][] source;
  private String[] cells = {};

  DatasetRows(BuiltInDataset dataset) {
    this.dataset = dataset;
    this.lines = reader(dataset.name());
    List<String> header = Arrays.asList(readLine().split(",", -1));
    this.source =
        dataset.columns().stream()
            .map(column -> column.source().stream().mapToInt(header::indexOf).toArray())
            .toArray(int[][]::new);
  }

  /** Moves to the next row; false after the last. */
  public boolean next() {
    String line = readLine();
    cells = line.isEmpty() ? new String[0] : line.split(",", -1);
    return cells.length > 0;
  }

  /** The value of a column of the current row in Postgres text format, as COPY takes it. */
  public String text(int column) {
    String sqlType = dataset.columns().get(column).sqlType();
    return switch (sqlType) {
      case "boolean" -> cells[source[column][0]].equals("1") ? "t" : "f";
      case "smallint[][]" -> image(source[column]);
      default -> cells[source[column][0]];
    };
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String image(int[] pixels) {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < pixels.length; i++) {
      out.append(i == 0 ? "{" : i % IMAGE_SIDE == 0 ? "},{" : ",").append(cells[pixels[i]]);
    }
    return out.append("}}").toString();
  }

  private String readLine() {
    try {
      String line = lines.readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedReader reader(String name) {
    InputStream in =
        DatasetRows.class.getResourceAsStream("/org/pglynx/ml/datasets/" + name + ".csv");
    if (in == null) {
      throw new IllegalStateException("data set " + name + " is missing from the jar");
    }
    return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
  }
}
