package org.pglynx.proxy.ml;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.pglynx.ml.data.ColumnStatistics;
import org.pglynx.ml.data.DataSet;

/** pgml.snapshots.columns: what is known of each column, in PostgresML's layout. */
final class SnapshotColumns {
  private static final JsonMapper MAPPER = new JsonMapper();

  private SnapshotColumns() {}

  /**
   * The JSON text.
   *
   * @param rows the rows of the training part, which statistics are taken over
   */
  static String json(TrainingRelation relation, DataSet data, int[] rows) {
    ArrayNode array = MAPPER.createArrayNode();
    int feature = 0;
    int position = 1;
    for (TrainingColumn column : relation.columns()) {
      int size = column.label() ? 1 : width(column, data, feature);
      ObjectNode node = array.addObject();
      describe(node, column, position++, size);
      if (column.label()) {
        statistics(node, data.labelStatistics(rows));
      } else if (!column.array()) {
        statistics(node, data.featureStatistics(feature, rows));
      } else {
        node.putNull("statistics");
      }
      feature += column.label() ? 0 : size;
    }
    return array.toString();
  }

  /** An array column spans features name[1], name[2], … from the first on. */
  private static int width(TrainingColumn column, DataSet data, int first) {
    if (!column.array()) {
      return 1;
    }
    int width = 0;
    String prefix = column.spec().name() + "[";
    while (first + width < data.featureCount()
        && data.featureNames().get(first + width).equals(prefix + (width + 1) + "]")) {
      width++;
    }
    return width;
  }

  private static void describe(ObjectNode node, TrainingColumn column, int position, int size) {
    node.put("name", column.spec().name());
    node.put("pg_type", column.typeName());
    node.put("nullable", column.nullable());
    node.put("label", column.label());
    node.put("position", position);
    node.put("size", size);
    node.put("array", column.array());
    node.putObject("preprocessor")
        .put("encode", "native")
        .put("impute", "error")
        .put("scale", "preserve");
  }

  private static void statistics(ObjectNode node, ColumnStatistics column) {
    ObjectNode out = node.putObject("statistics");
    number(out, "min", column.min());
    number(out, "max", column.max());
    number(out, "max_abs", column.maxAbs());
    number(out, "mean", column.mean());
    number(out, "median", column.median());
    number(out, "mode", column.mode());
    number(out, "variance", column.variance());
    number(out, "std_dev", column.stdDev());
    out.put("missing", column.missing());
    out.put("distinct", column.distinct());
    ArrayNode histogram = out.putArray("histogram");
    for (int count : column.histogram()) {
      histogram.add(count);
    }
    ArrayNode ventiles = out.putArray("ventiles");
    for (float ventile : column.ventiles()) {
      if (Float.isFinite(ventile)) {
        ventiles.add(ventile);
      } else {
        ventiles.addNull();
      }
    }
    out.putNull("categories");
  }

  /** JSON has no NaN. */
  private static void number(ObjectNode out, String name, float value) {
    if (Float.isFinite(value)) {
      out.put(name, value);
    } else {
      out.putNull(name);
    }
  }
}
