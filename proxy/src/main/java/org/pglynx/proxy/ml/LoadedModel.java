package org.pglynx.proxy.ml;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;

/** A model in memory, ready to answer, with what SHOW MODELS tells about it. */
final class LoadedModel {
  private final ModelKey key;
  private final String project;
  private final Model model;
  private final float[] classNumbers;
  private final Map<String, Place> columns;
  // A column may be called like an element of one of arrays: "a[1]".
  private final Map<String, Place> elements = new HashMap<>();
  private final int[] widths;
  private final LongAdder predictions = new LongAdder();
  // Written without ordering: it only has to be about right for eviction.
  private volatile long usedNanos;

  LoadedModel(ModelKey key, String project, Model model) {
    this.key = key;
    this.project = project;
    this.model = model;
    this.classNumbers = classNumbers(model.classes());
    this.usedNanos = System.nanoTime();
    this.columns = columns(model);
    for (int i = 0; i < model.featureCount(); i++) {
      if (model.featureNames().get(i).endsWith("]")) {
        elements.put(model.featureNames().get(i), new Place(i, 1));
      }
    }
    this.widths = columns.values().stream().mapToInt(Place::width).toArray();
  }

  /** Where the features of each column of a model are, by its name, in their order. */
  static Map<String, Place> columns(Model model) {
    Map<String, Place> columns = new LinkedHashMap<>();
    List<String> names = model.featureNames();
    for (int i = 0; i < names.size(); ) {
      Place place = new Place(i, width(names, i));
      columns.put(columnName(names.get(i), place.width()), place);
      i += place.width();
    }
    return columns;
  }

  /**
   * Where a column's features are.
   *
   * @param first the index of the first
   * @param width how many there are
   */
  record Place(int first, int width) {}

  /** An array column has features {@code name[1]}, {@code name[2]}, …. */
  private static int width(List<String> names, int first) {
    String name = names.get(first);
    if (!name.endsWith("[1]")) {
      return 1;
    }
    String prefix = name.substring(0, name.length() - 2);
    int width = 1;
    while (first + width < names.size()
        && names.get(first + width).equals(prefix + (width + 1) + "]")) {
      width++;
    }
    return width;
  }

  private static String columnName(String name, int width) {
    return width > 1 || name.endsWith("[1]") ? name.substring(0, name.lastIndexOf('[')) : name;
  }

  /** Where the features of each column are, by its name. */
  Map<String, Place> columns() {
    return columns;
  }

  /** Where the features of a row's column are; null if the model has not learned it. */
  @Nullable Place place(String name) {
    Place place = columns.get(name);
    return place == null ? elements.get(name) : place;
  }

  /** Whether a column is an array. */
  boolean hasArrays() {
    return columns.size() < model.featureCount();
  }

  /** How many features a column has. */
  int width(int column) {
    return widths[column];
  }

  private static float[] classNumbers(ClassLabels classes) {
    float[] numbers = new float[classes.count()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = classes.number(i);
    }
    return numbers;
  }

  ModelKey key() {
    return key;
  }

  /** The project it was trained for. */
  String project() {
    return project;
  }

  Model model() {
    return model;
  }

  /** What SQL shows for the model's own prediction: the number itself, or the class's number. */
  float shown(float prediction) {
    return model.task() == Task.CLASSIFICATION ? classNumbers[(int) prediction] : prediction;
  }

  /** Counts predictions that were answered. */
  void served(long rows) {
    predictions.add(rows);
  }

  /** Predictions answered so far. */
  long predictions() {
    return predictions.sum();
  }

  /** Notes that it was asked for. */
  void touch(long nowNanos) {
    usedNanos = nowNanos;
  }

  long usedNanos() {
    return usedNanos;
  }

  /** Heap bytes. */
  long bytes() {
    return model.sizeBytes();
  }
}
