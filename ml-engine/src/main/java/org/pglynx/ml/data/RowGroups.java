package org.pglynx.ml.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pglynx.ml.model.Sampling;

/** Rows by their groups, and splits that keep groups together. */
final class RowGroups {
  private RowGroups() {}

  /** The rows of each group, groups in the order of their first rows. */
  static List<int[]> of(DataSet data, int[] rows) {
    int[] groups = data.groups(rows);
    Map<Integer, Integer> sizes = new LinkedHashMap<>();
    for (int group : groups) {
      sizes.merge(group, 1, Integer::sum);
    }
    Map<Integer, int[]> members = new LinkedHashMap<>();
    sizes.forEach((group, size) -> members.put(group, new int[size]));
    for (int i = rows.length - 1; i >= 0; i--) {
      int left = sizes.merge(groups[i], -1, Integer::sum);
      members.getOrDefault(groups[i], rows)[left] = rows[i];
    }
    return new ArrayList<>(members.values());
  }

  /** The groups in a seeded random order. */
  static List<int[]> shuffled(List<int[]> groups, SeededRandom random) {
    int[] order = new int[groups.size()];
    Arrays.setAll(order, i -> i);
    List<int[]> shuffled = new ArrayList<>();
    for (int i : Split.shuffled(order, random)) {
      shuffled.add(groups.get(i));
    }
    return shuffled;
  }

  /** Holds out the last groups, of the order read or of a seeded one. */
  static Split split(DataSet data, int testRows, Sampling sampling, long seed) {
    List<int[]> groups = of(data, data.allRows());
    if (sampling != Sampling.LAST) {
      groups = shuffled(groups, new SeededRandom(seed));
    }
    int first = groups.size();
    int held = 0;
    while (first > 1 && nearer(held, groups.get(first - 1).length, testRows)) {
      held += groups.get(--first).length;
    }
    return new Split(
        joined(groups.subList(0, first)), joined(groups.subList(first, groups.size())));
  }

  private static boolean nearer(int held, int more, int wanted) {
    return held < wanted && held + more - wanted <= wanted - held;
  }

  private static int[] joined(List<int[]> groups) {
    return groups.stream().flatMapToInt(Arrays::stream).toArray();
  }
}
