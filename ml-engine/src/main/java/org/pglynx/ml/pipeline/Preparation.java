package org.pglynx.ml.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.ColumnStatistics;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.FeatureColumn;
import org.pglynx.ml.model.Categories;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.ColumnPlan.Encode;
import org.pglynx.ml.pipeline.ColumnPlan.Impute;
import org.pglynx.ml.pipeline.Step.Missing;

/**
 * Preprocessing that is planned for a data set, whose steps are made of any of its rows: those of a
 * fold, or all that are learnt from.
 */
public final class Preparation {
  // ventiles[i] cuts off 5 (i + 1) percent.
  private static final int LOWER_QUARTILE = 4;
  private static final int UPPER_QUARTILE = 14;

  private final DataSet data;
  private final Preprocess preprocess;
  private final Task task;

  /**
   * A preparation.
   *
   * @param data whose categories are {@link DataSet#coded}
   * @throws MlException of kind BAD_ARGUMENT when the plans do not fit the columns
   */
  public Preparation(DataSet data, Preprocess preprocess, Task task) {
    this.data = data;
    this.preprocess = preprocess;
    this.task = task;
    requireColumns();
    data.featureColumns().forEach(this::requireFitting);
  }

  /** The orders of categories that the plans give, by column. */
  public static Map<String, List<String>> orders(Preprocess preprocess) {
    Map<String, List<String>> orders = new TreeMap<>();
    preprocess
        .plans()
        .forEach((column, plan) -> {
          if (plan.encode() == Encode.ORDINAL) {
            orders.put(column, plan.ordinal());
          }
        });
    return orders;
  }

  /** The steps, with what they need to know taken from these rows. */
  public Pipeline fit(int[] rows) {
    List<Step> steps = new ArrayList<>();
    for (FeatureColumn column : data.featureColumns()) {
      ColumnPlan plan = preprocess.plan(column.spec().name());
      for (int i = 0; i < column.width(); i++) {
        steps.add(step(column.first() + i, plan, rows));
      }
    }
    return new Pipeline(data.featureNames(), steps);
  }

  /** What is done about missing values of a feature. */
  public boolean refusesMissing(int feature, boolean byTheModel) {
    return switch (missing(plan(feature))) {
      case AS_THE_MODEL -> !byTheModel;
      case REFUSED -> true;
      case FILLED -> false;
    };
  }

  private ColumnPlan plan(int feature) {
    for (FeatureColumn column : data.featureColumns()) {
      if (feature < column.first() + column.width()) {
        return preprocess.plan(column.spec().name());
      }
    }
    throw new IllegalArgumentException("feature " + feature);
  }

  private static Missing missing(ColumnPlan plan) {
    return switch (plan.impute()) {
      case null -> Missing.AS_THE_MODEL;
      case ERROR -> Missing.REFUSED;
      case MEAN, MEDIAN, MODE, MIN, MAX, ZERO -> Missing.FILLED;
    };
  }

  private Step step(int feature, ColumnPlan plan, int[] rows) {
    Categories categories = data.categories(feature);
    float[] values = {};
    if (categories != null) {
      values = plan.encode() == Encode.TARGET ? targets(feature, rows) : codes(categories.count());
    }
    Missing missing = missing(plan);
    boolean oneHot = plan.encode() == Encode.ONE_HOT;
    Step encoding = new Step(categories, values, oneHot, missing, Float.NaN, 0, 1);
    boolean scaled = plan.scale() != ColumnPlan.Scale.PRESERVE && !oneHot;
    if (missing != Missing.FILLED && !scaled) {
      return encoding;
    }
    float fill = fill(feature, plan.impute(), statistics(encoding, feature, rows));
    Step filling = new Step(categories, values, oneHot, missing, fill, 0, 1);
    return scaled ? scaled(filling, plan, statistics(filling, feature, rows)) : filling;
  }

  private static float[] codes(int count) {
    float[] codes = new float[count];
    for (int i = 0; i < count; i++) {
      codes[i] = i;
    }
    return codes;
  }

  /** The mean of the first label in each category; in those without rows, that of all rows. */
  private float[] targets(int feature, int[] rows) {
    double[] labels = numbers(rows);
    int count = categoryCount(feature);
    double[] sums = new double[count];
    int[] members = new int[count];
    double all = 0;
    for (int i = 0; i < rows.length; i++) {
      int code = (int) data.feature(rows[i], feature);
      all += labels[i];
      if (code >= 0) {
        sums[code] += labels[i];
        members[code]++;
      }
    }
    float[] means = new float[count];
    for (int code = 0; code < count; code++) {
      means[code] = (float) (members[code] == 0 ? all / rows.length : sums[code] / members[code]);
    }
    return means;
  }

  private int categoryCount(int feature) {
    Categories categories = data.categories(feature);
    return categories == null ? 0 : categories.count();
  }

  private double[] numbers(int[] rows) {
    if (task != Task.CLASSIFICATION) {
      return data.labels(rows);
    }
    Classes classes = data.classes(rows);
    return Arrays.stream(classes.indexes(data, rows)).asDoubleStream().toArray();
  }

  private ColumnStatistics statistics(Step step, int feature, int[] rows) {
    float[] values = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      values[i] = step.encoded(data.feature(rows[i], feature));
    }
    return ColumnStatistics.of(values);
  }

  private float fill(int feature, @Nullable Impute impute, ColumnStatistics column) {
    float fill =
        switch (impute) {
          case null -> Float.NaN;
          case ERROR -> Float.NaN;
          case MEAN -> column.mean();
          case MEDIAN -> column.median();
          case MODE -> column.mode();
          case MIN -> column.min();
          case MAX -> column.max();
          case ZERO -> 0;
        };
    if (impute != null && impute != Impute.ERROR && Float.isNaN(fill)) {
      throw new MlException(
          Kind.BAD_DATA,
          "all values of %s are missing, so there is no %s to impute"
              .formatted(data.featureNames().get(feature), impute.sqlName()),
          "Use {\"impute\": \"zero\"}, or leave the column out in a view.");
    }
    return fill;
  }

  private static Step scaled(Step step, ColumnPlan plan, ColumnStatistics column) {
    double offset =
        switch (plan.scale()) {
          case PRESERVE, MAX_ABS -> 0;
          case STANDARD -> column.mean();
          case MIN_MAX -> column.min();
          case ROBUST -> column.median();
        };
    double divisor =
        switch (plan.scale()) {
          case PRESERVE -> 1;
          case STANDARD -> column.stdDev();
          case MIN_MAX -> (double) column.max() - column.min();
          case MAX_ABS -> column.maxAbs();
          case ROBUST ->
              (double) column.ventiles()[UPPER_QUARTILE] - column.ventiles()[LOWER_QUARTILE];
        };
    // A column of one value has no scale; without any value it has no offset either.
    double usable = divisor > 0 && Double.isFinite(divisor) ? divisor : 1;
    return new Step(
        step.categories(),
        step.values(),
        step.oneHot(),
        step.missing(),
        step.fill(),
        Double.isFinite(offset) ? offset : 0,
        usable);
  }

  private void requireColumns() {
    List<String> known = data.featureColumns().stream().map(c -> c.spec().name()).toList();
    for (String name : new TreeMap<>(preprocess.plans()).keySet()) {
      if (!known.contains(name)) {
        throw bad(
            name,
            "is none of the columns to learn from",
            "These are " + String.join(", ", known) + "; labels are never transformed.");
      }
    }
  }

  private void requireFitting(FeatureColumn column) {
    String name = column.spec().name();
    ColumnPlan plan = preprocess.plan(name);
    Encode encode = plan.encode();
    boolean category = column.spec().type() == ColumnSpec.Type.TEXT;
    if (encode != null && !category) {
      throw new MlException(
          Kind.BAD_ARGUMENT,
          "It does not make sense to {\"encode\": \"%s\"} a continuous variable: column \"%s\""
              .formatted(encode.sqlName(), name),
          "Remove encode for this column, or cast it to text in a view.");
    }
    if (encode == Encode.TARGET && !task.supervised()) {
      throw bad(name, "cannot be encoded by target: " + task.sqlName() + " has no labels", ENCODE);
    }
    if (encode == Encode.ONE_HOT && categoryCount(column.first()) == 1) {
      throw bad(name, "has no category to make columns of: all its values are NULL", ENCODE);
    }
    if (category && encode != Encode.TARGET && plan.impute() == Impute.MEAN) {
      throw bad(
          name,
          "cannot impute the mean of categories",
          "Use {\"impute\": \"mode\"}, or {\"encode\": \"target\"}.");
    }
  }

  private static final String ENCODE = "Use {\"encode\": \"native\"}.";

  private static MlException bad(String column, String problem, String hint) {
    return new MlException(
        Kind.BAD_ARGUMENT, "preprocess: column \"%s\" %s".formatted(column, problem), hint);
  }
}
