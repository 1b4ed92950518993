package org.pglynx.proxy.ml;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.Association;
import org.pglynx.ml.data.ColumnDescription;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.ColumnStatistics;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.FeatureColumn;
import org.pglynx.ml.exec.Workers;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Categories;
import org.pglynx.ml.pipeline.ColumnPlan;
import org.pglynx.ml.pipeline.Preparation;
import org.pglynx.ml.pipeline.Preprocess;

/** pgml.snapshots.columns: what is known of each column, in PostgresML's layout. */
final class SnapshotColumns {
  private static final JsonMapper MAPPER = new JsonMapper();

  /** Fewer are sorted before another thread has begun. */
  private static final int FEW_ROWS = 50_000;

  private final Preprocess preprocess;
  private final DataSet data;
  private final int[] rows;
  private final CancelToken cancel;

  /**
   * A description.
   *
   * @param data the rows, read from the relation
   * @param rows those of the training part, which statistics are taken over
   * @param cancel asked before each column
   */
  SnapshotColumns(Preprocess preprocess, DataSet data, int[] rows, CancelToken cancel) {
    this.preprocess = preprocess;
    this.data = data.coded(rows, Preparation.orders(preprocess));
    this.rows = rows;
    this.cancel = cancel;
  }

  /** The JSON text. */
  String json(TrainingRelation relation) {
    ArrayNode array = MAPPER.createArrayNode();
    List<FeatureColumn> features = data.featureColumns();
    @Nullable ColumnDescription[] known = known(features);
    int feature = 0;
    int label = 0;
    for (TrainingColumn column : relation.columns()) {
      ObjectNode node = array.addObject();
      int position = array.size();
      if (column.label()) {
        describe(node, column, position, 1);
        statistics(node, data.labelStatistics(label++, rows), null);
        continue;
      }
      if (!column.feature()) {
        describe(node, column, position, 1);
        node.putNull("statistics");
        continue;
      }
      ColumnDescription found = known[feature];
      FeatureColumn place = features.get(feature++);
      describe(node, column, position, place.width());
      if (found == null) {
        node.putNull("statistics");
      } else {
        statistics(node, found.statistics(), categories(place.first()));
        associations(node, found.associations(), relation);
      }
    }
    return array.toString();
  }

  /** Of each column but arrays, several at a time: to sort a million rows takes a while. */
  private @Nullable ColumnDescription[] known(List<FeatureColumn> features) {
    @Nullable ColumnDescription[] known = new ColumnDescription[features.size()];
    int[] scalars =
        IntStream.range(0, known.length)
            .filter(i -> features.get(i).spec().type() != ColumnSpec.Type.ARRAY)
            .toArray();
    int threads = rows.length < FEW_ROWS ? 1 : Runtime.getRuntime().availableProcessors();
    try (Workers workers = new Workers("pglynx-statistics", threads)) {
      workers.forEach(threads, part -> find(features, part(scalars, part, threads), known));
    }
    return known;
  }

  private static int[] part(int[] all, int part, int parts) {
    return Arrays.copyOfRange(all, all.length * part / parts, all.length * (part + 1) / parts);
  }

  private void find(
      List<FeatureColumn> features, int[] columns, @Nullable ColumnDescription[] known) {
    List<FeatureColumn> some = Arrays.stream(columns).mapToObj(features::get).toList();
    List<ColumnDescription> found = data.describe(some, rows, cancel);
    for (int i = 0; i < columns.length; i++) {
      known[columns[i]] = found.get(i);
    }
  }

  /** By the label's name. */
  private static void associations(
      ObjectNode node, List<Association> found, TrainingRelation relation) {
    ObjectNode all = node.putObject("associations");
    int label = 0;
    for (TrainingColumn column : relation.columns()) {
      if (column.label()) {
        Association with = found.get(label++);
        ObjectNode one = all.putObject(column.spec().name());
        one.put("measure", with.measure().text());
        number(one, "strength", (float) with.strength());
      }
    }
  }

  private void describe(ObjectNode node, TrainingColumn column, int position, int size) {
    node.put("name", column.spec().name());
    node.put("pg_type", column.typeName());
    node.put("nullable", column.nullable());
    node.put("label", column.label());
    node.put("position", position);
    node.put("size", size);
    node.put("array", column.array());
    ColumnPlan plan = preprocess.plan(column.spec().name());
    ColumnPlan.Encode encode = plan.encode();
    ColumnPlan.Impute impute = plan.impute();
    ObjectNode steps = node.putObject("preprocessor");
    if (encode == ColumnPlan.Encode.ORDINAL) {
      ArrayNode order = steps.putObject("encode").putArray("ordinal");
      plan.ordinal().forEach(order::add);
    } else {
      steps.put("encode", encode == null ? "native" : encode.sqlName());
    }
    steps
        .put("impute", impute == null ? "error" : impute.sqlName())
        .put("scale", plan.scale().sqlName());
  }

  /** The code of each category, and how many rows have it; null for a number. */
  private @Nullable ObjectNode categories(int feature) {
    Categories known = data.categories(feature);
    if (known == null) {
      return null;
    }
    int[] members = new int[known.count()];
    for (int row : rows) {
      int code = (int) data.feature(row, feature);
      if (code >= 0) {
        members[code]++;
      }
    }
    ObjectNode out = MAPPER.createObjectNode();
    for (int code = 0; code < members.length; code++) {
      out.putObject(code == Categories.NULL ? "__NULL__" : known.texts().get(code - 1))
          .put("value", code)
          .put("members", members[code]);
    }
    return out;
  }

  private static void statistics(
      ObjectNode node, ColumnStatistics column, @Nullable ObjectNode categories) {
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
    out.put("outliers_below", column.outliersBelow());
    out.put("outliers_above", column.outliersAbove());
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
    out.set("categories", categories);
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
