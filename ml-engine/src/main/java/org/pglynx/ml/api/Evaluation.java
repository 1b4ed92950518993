package org.pglynx.ml.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.pglynx.ml.metrics.Calibration;
import org.pglynx.ml.metrics.ConfusionMatrix;
import org.pglynx.ml.metrics.RankPlaces;
import org.pglynx.ml.metrics.Residuals;
import org.pglynx.ml.metrics.ThresholdCurve;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;

/**
 * What charts of a model's errors show, from its predictions of the held-out rows: {@code
 * confusion}, {@code curves}, {@code residuals}, {@code components}, {@code ranking}, {@code
 * groups}. All of it is sums over many rows, so that it stays small however many there are.
 *
 * <p>Points of curves are threshold, recall, false alarms and precision, as shares, in this order.
 */
final class Evaluation implements Scoring.Witness {
  /** Of more classes the rarest are counted together. */
  static final int MOST_CLASSES = 50;

  /** Of more classes the rarest get no curves. */
  static final int MOST_CURVES = 12;

  private final Model model;
  private final Map<String, Object> json = new LinkedHashMap<>();
  private final List<Map<String, Object>> residuals = new ArrayList<>();
  private final RankPlaces places = new RankPlaces();

  Evaluation(Model model) {
    this.model = model;
    if (model.task() == Task.DECOMPOSITION && model.explainedVarianceRatios().length > 0) {
      json.put("components", model.explainedVarianceRatios());
    }
  }

  /** As JSON has it. */
  Map<String, Object> json() {
    if (places.groups() > 0) {
      json.put("ranking", ranking());
    }
    return json;
  }

  @Override
  public void ranked(double[] relevance, double[] score) {
    places.add(relevance, score);
  }

  private Map<String, Object> ranking() {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("groups", places.groups());
    one.put("places", places.places().stream().map(Evaluation::place).toList());
    one.put("histogram", places.histogram());
    return one;
  }

  private static Map<String, Object> place(RankPlaces.Place place) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("place", place.place());
    one.put("ndcg", place.ndcg());
    one.put("precision", place.precision());
    one.put("recall", place.recall());
    return one;
  }

  /** The largest groups with their rows; -1 is what the algorithm takes for noise. */
  @Override
  public void grouped(int[] groups) {
    Map<Integer, Integer> rows = new TreeMap<>();
    for (int group : groups) {
      rows.merge(group, 1, Integer::sum);
    }
    json.put(
        "groups",
        rows.entrySet().stream()
            .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
            .limit(MOST_CLASSES)
            .map(each -> Map.of("group", each.getKey(), "rows", each.getValue()))
            .toList());
  }

  @Override
  public void quantities(String target, double[] truth, double[] predicted) {
    Residuals found = Residuals.of(truth, predicted);
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("target", target);
    one.put("low", found.low());
    one.put("high", found.high());
    one.put("histogram", found.histogram());
    one.put("bands", found.bands().stream().map(Evaluation::band).toList());
    residuals.add(one);
    json.put("residuals", residuals);
  }

  private static Map<String, Object> band(Residuals.Band band) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("rows", band.rows());
    one.put("predicted", band.predicted());
    one.put("actual", band.actual());
    one.put("quantiles", band.quantiles());
    return one;
  }

  @Override
  public void classes(ConfusionMatrix matrix, int[] truth, float[] probability) {
    List<Integer> common = common(matrix);
    json.put("confusion", confusion(matrix, common));
    if (probability.length == 0) {
      return;
    }
    int classes = model.classes().count();
    List<Map<String, Object>> curves = new ArrayList<>();
    if (classes == 2) {
      // The other class's curves are the mirror images.
      curves.add(curve(1, truth, probability));
    } else {
      common.stream()
          .filter(c -> c < classes)
          .limit(MOST_CURVES)
          .sorted()
          .forEach(c -> curves.add(curve(c, truth, probability)));
    }
    json.put("curves", curves);
  }

  /** Class indexes, the most frequent first. */
  private static List<Integer> common(ConfusionMatrix matrix) {
    int classes = matrix.classes();
    long[] rows = new long[classes];
    for (int t = 0; t < classes; t++) {
      for (int p = 0; p < classes; p++) {
        rows[t] += matrix.count(t, p);
      }
    }
    return IntStream.range(0, classes)
        .boxed()
        .sorted(Comparator.comparingLong((Integer c) -> rows[c]).reversed())
        .toList();
  }

  /** A row for each true class, a column for each predicted one; the rest in the last of both. */
  private Map<String, Object> confusion(ConfusionMatrix matrix, List<Integer> common) {
    List<Integer> shown = common.stream().limit(MOST_CLASSES).sorted().toList();
    boolean rest = common.size() > shown.size();
    int size = shown.size() + (rest ? 1 : 0);
    int[] place = IntStream.range(0, matrix.classes()).map(c -> place(shown, c)).toArray();
    long[][] counts = new long[size][size];
    for (int t = 0; t < place.length; t++) {
      for (int p = 0; p < place.length; p++) {
        counts[place[t]][place[p]] += matrix.count(t, p);
      }
    }
    List<String> labels = new ArrayList<>(shown.stream().map(this::label).toList());
    if (rest) {
      labels.add("(others)");
    }
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("labels", labels);
    one.put("counts", counts);
    return one;
  }

  private static int place(List<Integer> shown, int index) {
    int place = shown.indexOf(index);
    return place < 0 ? shown.size() : place;
  }

  /** Labels that the training part has none of come behind the model's classes. */
  private String label(int index) {
    ClassLabels labels = model.classes();
    return index < labels.count() ? labels.name(index) : "(not learnt)";
  }

  private Map<String, Object> curve(int index, int[] truth, float[] probability) {
    int classes = model.classes().count();
    boolean[] member = new boolean[truth.length];
    float[] score = new float[truth.length];
    for (int i = 0; i < truth.length; i++) {
      member[i] = truth[i] == index;
      score[i] = probability[i * classes + index];
    }
    ThresholdCurve found = ThresholdCurve.of(member, score);
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("label", label(index));
    one.put("members", found.members());
    one.put("others", found.others());
    one.put("roc_auc", found.area());
    one.put("average_precision", found.averagePrecision());
    one.put("points", found.points().stream().map(Evaluation::point).toList());
    one.put("calibration", Calibration.of(member, score).stream().map(Evaluation::bin).toList());
    return one;
  }

  /** There are many, so they have places instead of names. */
  private static List<Double> point(ThresholdCurve.Point point) {
    return List.of(
        rounded(point.threshold()),
        rounded(point.recall()),
        rounded(point.falseAlarms()),
        rounded(point.precision()));
  }

  /** No chart shows more. */
  private static double rounded(double share) {
    return Math.round(share * 1e6) / 1e6;
  }

  private static Map<String, Object> bin(Calibration.Bin bin) {
    Map<String, Object> one = new LinkedHashMap<>();
    one.put("rows", bin.rows());
    one.put("predicted", bin.predicted());
    one.put("observed", bin.observed());
    return one;
  }
}
