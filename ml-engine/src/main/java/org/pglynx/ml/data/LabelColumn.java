package org.pglynx.ml.data;

import java.util.Arrays;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/** The growing label column: numbers as they are, booleans as 0 or 1, texts as dictionary codes. */
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
    if (texts.size() > Classes.MAX_CLASSES) {
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
    if (nulls > 0) {
      throw new MlException(
          Kind.NULL_LABEL,
          "The training data labels in \"%s\" contain %d NULL values."
              .formatted(spec.name(), nulls),
          "Consider filtering these rows by creating a VIEW that excludes NULL labels.");
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
