package org.pglynx.ml.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Categories;

/**
 * Numbers the categories of a data set by the rows that are learnt from, in order of their first
 * appearance, or in a given order; all others are {@link Categories#UNSEEN}.
 */
final class Coding {
  private final @Nullable Categories[] categories;
  private final int[] @Nullable [] codes;

  private Coding(int features) {
    categories = new Categories[features];
    codes = new int[features][];
  }

  static Coding of(FeatureColumns features, int[] rows, Map<String, List<String>> orders) {
    Coding coding = new Coding(features.width());
    if (features.columns().stream().noneMatch(c -> c.spec().type() == ColumnSpec.Type.TEXT)) {
      return coding;
    }
    int[] ordered = rows.clone();
    Arrays.sort(ordered);
    for (FeatureColumn column : features.columns()) {
      if (column.spec().type() == ColumnSpec.Type.TEXT) {
        TextDictionary known = features.texts(column.first());
        List<String> order = orders.get(column.spec().name());
        List<String> texts =
            order != null ? order : byAppearance(features.column(column.first()), known, ordered);
        coding.number(column.first(), new Categories(texts), known);
      }
    }
    return coding;
  }

  private static List<String> byAppearance(
      FloatColumn column, @Nullable TextDictionary known, int[] rows) {
    List<String> texts = new ArrayList<>();
    if (known == null) {
      return texts;
    }
    boolean[] seen = new boolean[known.size()];
    for (int row : rows) {
      float code = column.get(row);
      if (!Float.isNaN(code) && !seen[(int) code]) {
        seen[(int) code] = true;
        texts.add(known.text((int) code));
      }
    }
    return texts;
  }

  private void number(int feature, Categories numbered, @Nullable TextDictionary known) {
    int[] map = new int[known == null ? 0 : known.size()];
    for (int i = 0; known != null && i < map.length; i++) {
      map[i] = numbered.code(known.text(i));
    }
    codes[feature] = map;
    categories[feature] = numbered;
  }

  @Nullable Categories categories(int feature) {
    return categories[feature];
  }

  float value(int feature, float stored) {
    int[] map = codes[feature];
    if (map == null) {
      return stored;
    }
    return Float.isNaN(stored) ? Categories.NULL : map[(int) stored];
  }
}
