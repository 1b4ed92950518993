package org.pglynx.ml.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Task;

/**
 * What counts for a hyperparameter that is not given, for who lets people choose one. Trainings
 * take their defaults where they need them, or leave them to XGBoost and LightGBM; so these are
 * written down beside them, and HyperparameterDefaultsTest holds them against both. Those that
 * depend on the rows, on the seed or on another hyperparameter are not among them.
 */
final class HyperparameterDefaults {
  private static final String FILE = "hyperparameter-defaults.json";

  private final JsonNode known;

  private HyperparameterDefaults(JsonNode known) {
    this.known = known;
  }

  /** Reads the file. */
  static HyperparameterDefaults read() {
    try (InputStream file =
        Objects.requireNonNull(HyperparameterDefaults.class.getResourceAsStream(FILE))) {
      return new HyperparameterDefaults(new JsonMapper().readTree(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As JSON text, the text null among them; null if it is not known. */
  @Nullable String json(String algorithm, Task task, String name) {
    JsonNode found = known.path(algorithm).path(task.sqlName()).path(name);
    return found.isMissingNode() ? null : found.toString();
  }
}
