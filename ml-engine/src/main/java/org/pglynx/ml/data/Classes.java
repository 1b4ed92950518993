package org.pglynx.ml.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** The classes of a label column and the class index of every label value. */
public final class Classes {
  /** More classes than this are a regression task by mistake. */
  static final int MAX_CLASSES = 1000;

  private final ClassLabels labels;
  private final Map<Double, Integer> index;

  private Classes(ClassLabels labels, Map<Double, Integer> index) {
    this.labels = labels;
    this.index = index;
  }

  static Classes of(DataSet data, int[] rows) {
    Set<Double> distinct = new HashSet<>();
    for (int row : rows) {
      distinct.add(data.label(row) + 0.0);
      if (distinct.size() > MAX_CLASSES) {
        throw tooMany(data.labelColumn().name());
      }
    }
    List<Double> order = new ArrayList<>(distinct);
    order.sort(orderOf(data));
    Map<Double, Integer> index = new HashMap<>();
    order.forEach(value -> index.put(value, index.size()));
    List<String> names = order.stream().map(data::nameOf).toList();
    return new Classes(new ClassLabels(data.labelKind(), names), index);
  }

  /** The classes by index. */
  public ClassLabels labels() {
    return labels;
  }

  /** The class index of each of these rows; labels that are none of the classes get count(). */
  public int[] indexes(DataSet data, int[] rows) {
    int unseen = labels.count();
    int[] out = new int[rows.length];
    Arrays.setAll(out, i -> index.getOrDefault(data.label(rows[i]) + 0.0, unseen));
    return out;
  }

  private static Comparator<Double> orderOf(DataSet data) {
    return switch (data.labelKind()) {
      case NUMBER, BOOLEAN -> Comparator.naturalOrder();
      case TEXT -> Comparator.comparing(data::nameOf);
    };
  }

  static MlException tooMany(String column) {
    return new MlException(
        Kind.BAD_DATA,
        "label column \"%s\" has more than %d distinct values".formatted(column, MAX_CLASSES),
        "Use task 'regression' for labels that are quantities.");
  }
}
