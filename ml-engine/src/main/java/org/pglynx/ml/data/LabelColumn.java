package org.pglynx.ml.data;

import java.util.Arrays;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * A growing column of labels, of weights or of the names of groups: numbers as they are, booleans
 * as 0 or 1, texts as dictionary codes.
 */
final class LabelColumn {
  private final ColumnSpec spec;
  private final TextDictionary texts = new TextDictionary();
  private double[] values = new double[64];
  private int size;
  private int nulls;

  LabelColumn(ColumnSpec spec) {
    this.spec = spec;
  }

  ColumnSpec spec() {
    return spec;
  }

  void addNumber(double value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size++] = value;
  }

  void addText(byte[] bytes, int offset, int length) {
    addNumber(texts.code(bytes, offset, length));
    if (spec.role() == ColumnSpec.Role.LABEL && texts.size() > Classes.MAX_CLASSES) {
      throw Classes.tooMany(spec.name());
    }
  }

  void addNull() {
    nulls++;
    addNumber(Double.NaN);
  }

  int size() {
    return size;
  }

  void requireNoNulls() {
    if (nulls > 0 && spec.role() != ColumnSpec.Role.LABEL) {
      throw new MlException(
          Kind.NULL_LABEL,
          "%d values of the %s column \"%s\" are NULL"
              .formatted(
                  nulls, spec.role() == ColumnSpec.Role.GROUP ? "group" : "weight", spec.name()),
          "Filter or coalesce() them in a view.");
    }
    if (nulls > 0) {
      throw new MlException(
          Kind.NULL_LABEL,
          "The training data labels in \"%s\" contain %d NULL values."
              .formatted(spec.name(), nulls),
          "Consider filtering these rows by creating a VIEW that excludes NULL labels.");
    }
  }

  /** Requires that all are weights: numbers of at least zero. */
  void requireWeights() {
    int bad = 0;
    for (int row = 0; row < size; row++) {
      bad += values[row] >= 0 && Double.isFinite(values[row]) ? 0 : 1;
    }
    if (bad > 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "%d weights in \"%s\" are negative, NaN or infinite".formatted(bad, spec.name()),
          "Weights are finite numbers of at least 0; filter or replace the others in a view.");
    }
  }

  long heldBytes() {
    return (long) values.length * Double.BYTES + texts.heldBytes();
  }

  double get(int row) {
    return values[row];
  }

  String text(double code) {
    return texts.text((int) code);
  }

  /** The kind of class names that the column gives. */
  ClassLabels.Kind kind() {
    return switch (spec.type()) {
      case NUMBER -> ClassLabels.Kind.NUMBER;
      case BOOLEAN -> ClassLabels.Kind.BOOLEAN;
      case TEXT -> ClassLabels.Kind.TEXT;
      case ARRAY -> throw new IllegalStateException("an array label");
    };
  }
}
