package org.pglynx.ml.data;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * The feature side of a data set under construction: one float column per scalar feature or array
 * element, laid out when the first row has shown the widths of the arrays.
 */
final class FeatureColumns {
  private static final int UNKNOWN = -1;

  /** More categories than this are no categories: names, keys, free text. */
  static final int MAX_CATEGORIES = 1 << 16;

  /** How many values of a column cannot be used as they are. */
  static final class Defects {
    int nulls;
    int nans;
    int infinities;
  }

  private final List<ColumnSpec> columns;
  private final Arena memory;
  private final int[] arrayWidth;
  private final List<FloatColumn> values = new ArrayList<>();
  private final List<Defects> defects = new ArrayList<>();
  private final List<@Nullable TextDictionary> texts = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private int next;
  private int rows;

  FeatureColumns(List<ColumnSpec> columns, Arena memory) {
    this.columns = columns;
    this.memory = memory;
    this.arrayWidth = new int[columns.size()];
    Arrays.fill(arrayWidth, UNKNOWN);
    if (columns.stream().noneMatch(c -> c.type() == ColumnSpec.Type.ARRAY)) {
      layOut();
    }
  }

  void add(double value) {
    float narrow = (float) value;
    Defects defect = slotDefects();
    if (Float.isNaN(narrow)) {
      defect.nans++;
    } else if (Float.isInfinite(narrow)) {
      defect.infinities++;
    }
    values.get(next++).add(narrow);
  }

  void add(float value) {
    if (next == values.size() || !(Math.abs(value) <= Float.MAX_VALUE)) {
      add((double) value);
    } else {
      values.get(next++).add(value);
    }
  }

  void addText(ColumnSpec column, byte[] bytes, int offset, int length) {
    slotDefects();
    TextDictionary known = texts.get(next);
    if (known == null) {
      known = new TextDictionary();
      texts.set(next, known);
    }
    int code = known.code(bytes, offset, length);
    if (known.size() > MAX_CATEGORIES) {
      throw new MlException(
          Kind.BAD_DATA,
          "column \"%s\" has more than %d different texts, too many to be categories"
              .formatted(column.name(), MAX_CATEGORIES),
          "Leave the column out in a view, or map it to fewer categories there.");
    }
    values.get(next++).add(code);
  }

  void addMissing() {
    slotDefects().nulls++;
    values.get(next++).add(Float.NaN);
  }

  void addMissingArray(int column) {
    if (arrayWidth[column] == UNKNOWN) {
      throw new MlException(
          Kind.BAD_DATA,
          "feature \"%s\" is NULL in the first row, so its width is unknown"
              .formatted(columns.get(column).name()),
          "Filter the NULL arrays in a view.");
    }
    for (int i = 0; i < arrayWidth[column]; i++) {
      addMissing();
    }
  }

  void startArray(int column, int length) {
    if (arrayWidth[column] == UNKNOWN) {
      arrayWidth[column] = length;
    }
    if (arrayWidth[column] != length) {
      throw new MlException(
          Kind.BAD_DATA,
          "Mismatched array length for feature `%s`. Expected: %d Received: %d"
              .formatted(columns.get(column).name(), arrayWidth[column], length),
          "Each element is a feature: filter, cut or pad the arrays to one length in a view.");
    }
  }

  void endRow() {
    next = 0;
    rows++;
    if (names.isEmpty()) {
      layOut();
    }
  }

  int width() {
    return values.size();
  }

  int rows() {
    return rows;
  }

  List<String> names() {
    return names;
  }

  FloatColumn column(int feature) {
    return values.get(feature);
  }

  Defects defects(int feature) {
    return defects.get(feature);
  }

  /** The defects of the slot that the next value goes to; the first row creates the slots. */
  private Defects slotDefects() {
    if (next == values.size()) {
      values.add(new FloatColumn(memory));
      defects.add(new Defects());
      texts.add(null);
    }
    return defects.get(next);
  }

  /** The texts of a feature that is a category; null for numbers, and where all are NULL. */
  @Nullable TextDictionary texts(int feature) {
    return texts.get(feature);
  }

  /** Bytes of memory that the values so far hold. */
  long heldBytes() {
    long bytes = 0;
    for (int i = 0; i < values.size(); i++) {
      TextDictionary known = texts.get(i);
      bytes += values.get(i).heldBytes() + (known == null ? 0 : known.heldBytes());
    }
    return bytes;
  }

  /** The columns in their order, labels left out. */
  List<FeatureColumn> columns() {
    List<FeatureColumn> found = new ArrayList<>();
    int first = 0;
    for (int i = 0; i < columns.size(); i++) {
      ColumnSpec column = columns.get(i);
      if (column.role() == ColumnSpec.Role.FEATURE) {
        int width = column.type() == ColumnSpec.Type.ARRAY ? arrayWidth[i] : 1;
        found.add(new FeatureColumn(column, first, width));
        first += width;
      }
    }
    return found;
  }

  private void layOut() {
    for (int i = 0; i < columns.size(); i++) {
      ColumnSpec column = columns.get(i);
      if (column.role() != ColumnSpec.Role.FEATURE) {
        continue;
      }
      if (column.type() == ColumnSpec.Type.ARRAY) {
        for (int element = 1; element <= arrayWidth[i]; element++) {
          names.add(column.name() + "[" + element + "]");
        }
      } else {
        names.add(column.name());
      }
    }
  }
}
