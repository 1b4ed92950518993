package org.pglynx.proxy.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.ShardingConfig.Centroids;
import org.pglynx.proxy.config.ShardingConfig.Column;
import org.pglynx.proxy.config.ShardingConfig.Type;
import org.tomlj.TomlArray;

/**
 * Reads the points that say where vectors live: {@code centroids = [[0.1, 0.9], [0.8, 0.2]]}, and
 * how many of the nearest are asked for the nearest rows.
 */
final class CentroidsReader {
  private static final String CENTROIDS = "centroids";
  private static final String PROBES = "centroid_probes";

  private final Section table;
  private final List<Column> key;

  CentroidsReader(Section table, List<Column> key) {
    this.table = table;
    this.key = key;
  }

  /** The points; null if there are none. */
  @Nullable Centroids read() {
    boolean vector =
        key.stream().anyMatch(each -> each.type() == Type.VECTOR || each.type() == Type.REALS);
    TomlArray list = table.optionalList(CENTROIDS);
    int probes = table.integer(PROBES, 0, 0, Math.max(list.size(), 1));
    if (!table.has(CENTROIDS)) {
      if (vector) {
        table.fault("types", "a key that is a vector needs centroids");
      }
      table.withoutEffect(PROBES, "there are no centroids");
      return null;
    }
    if (!vector || key.size() != 1) {
      table.fault(CENTROIDS, "takes a key of one column of type vector or real[]");
    }
    List<List<Float>> points = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      points.add(point(list.get(i)));
    }
    if (points.isEmpty()
        || points.stream().anyMatch(each -> each.size() != points.getFirst().size())) {
      table.fault(CENTROIDS, "must be vectors of as many dimensions, one at least");
    }
    return new Centroids(points, probes);
  }

  private List<Float> point(Object given) {
    List<Float> values = new ArrayList<>();
    if (given instanceof TomlArray array) {
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i) instanceof Number number && Float.isFinite(number.floatValue())) {
          values.add(number.floatValue());
        } else {
          table.fault(CENTROIDS, "must be lists of numbers");
        }
      }
    }
    if (values.isEmpty()) {
      table.fault(CENTROIDS, "must be lists of numbers");
    }
    return values;
  }
}
