package org.pglynx.ml.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Task;

/**
 * What counts for hyperparameters that are not given, for people to read: {@code defaults.tsv},
 * which {@code DefaultsTest} makes of what the code itself takes.
 */
public final class Defaults {
  static final String RESOURCE = "defaults.tsv";

  private static final Map<String, String> KNOWN = read();

  private Defaults() {}

  /** As JSON text; null if it depends on the rows. */
  public static @Nullable String of(String algorithm, Task task, String hyperparameter) {
    return KNOWN.get(key(algorithm, task, hyperparameter));
  }

  static String key(String algorithm, Task task, String hyperparameter) {
    return algorithm + "\t" + task.sqlName() + "\t" + hyperparameter;
  }

  private static Map<String, String> read() {
    Map<String, String> known = new HashMap<>();
    try (InputStream file = Defaults.class.getResourceAsStream(RESOURCE)) {
      if (file != null) {
        new String(file.readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .forEach(line -> {
              int at = line.lastIndexOf('\t');
              known.put(line.substring(0, at), line.substring(at + 1));
            });
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(known);
  }
}
