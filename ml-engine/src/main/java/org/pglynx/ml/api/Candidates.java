package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.SeededRandom;

/** The candidates of a search: all of a grid, or different ones that are drawn by a seed. */
final class Candidates {
  /** So many draws for each candidate find all but very rare ones of a small space. */
  private static final int PATIENCE = 100;

  private Candidates() {}

  static List<Map<String, @Nullable Object>> of(SearchRequest search, long seed) {
    boolean listed =
        search.params().values().stream().allMatch(v -> v instanceof SearchValues.Choice);
    // All of it when there are no more; and choosing most of a grid by drawing would take long.
    long size = points(search);
    if (!listed || size > 2L * search.iterations() && search.kind() == SearchRequest.Kind.RANDOM) {
      return drawn(search, new SeededRandom(seed));
    }
    List<Map<String, @Nullable Object>> grid = grid(search);
    if (search.kind() == SearchRequest.Kind.GRID || search.iterations() >= grid.size()) {
      return grid;
    }
    return chosen(grid, search.iterations(), new SeededRandom(seed));
  }

  private static long points(SearchRequest search) {
    double size = 1;
    for (SearchValues values : search.params().values()) {
      size *= values.ends().size();
    }
    return (long) Math.min(size, Long.MAX_VALUE);
  }

  private static List<Map<String, @Nullable Object>> drawn(
      SearchRequest search, SeededRandom random) {
    Set<Map<String, @Nullable Object>> drawn = new LinkedHashSet<>();
    long draws = (long) PATIENCE * search.iterations();
    for (long i = 0; i < draws && drawn.size() < search.iterations(); i++) {
      Map<String, @Nullable Object> candidate = new LinkedHashMap<>();
      search.params().forEach((name, values) -> candidate.put(name, values.draw(random)));
      drawn.add(candidate);
    }
    return List.copyOf(drawn);
  }

  private static List<Map<String, @Nullable Object>> chosen(
      List<Map<String, @Nullable Object>> grid, int count, SeededRandom random) {
    List<Map<String, @Nullable Object>> left = new ArrayList<>(grid);
    List<Map<String, @Nullable Object>> chosen = new ArrayList<>();
    while (chosen.size() < count) {
      chosen.add(left.remove(random.nextInt(left.size())));
    }
    return chosen;
  }

  /** The last name varies fastest. */
  private static List<Map<String, @Nullable Object>> grid(SearchRequest search) {
    List<Map<String, @Nullable Object>> grid = new ArrayList<>();
    grid.add(Map.of());
    for (Map.Entry<String, SearchValues> param : search.params().entrySet()) {
      List<Map<String, @Nullable Object>> wider = new ArrayList<>();
      for (Map<String, @Nullable Object> row : grid) {
        for (@Nullable Object value : param.getValue().ends()) {
          Map<String, @Nullable Object> next = new LinkedHashMap<>(row);
          next.put(param.getKey(), value);
          wider.add(next);
        }
      }
      grid = wider;
    }
    return grid;
  }
}
