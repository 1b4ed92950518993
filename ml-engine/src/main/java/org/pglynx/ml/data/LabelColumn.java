package org.pglynx.ml.data;

import java.util.Arrays;

/** The growing label column: numbers as they are, booleans as 0 or 1, texts as dictionary codes. */
final class LabelColumn {
  private final TextDictionary texts = new TextDictionary();
  private double[] values = new double[64];
  private int size;
  private int nulls;

  void addNumber(double value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size++] = value;
  }

  void addText(byte[] bytes, int offset, int length) {
    addNumber(texts.code(bytes, offset, length));
  }

  void addNull() {
    nulls++;
    addNumber(Double.NaN);
  }

  /** The number of different texts. */
  int textCount() {
    return texts.size();
  }

  int size() {
    return size;
  }

  int nulls() {
    return nulls;
  }

  double get(int row) {
    return values[row];
  }

  String text(double code) {
    return texts.text((int) code);
  }
}
