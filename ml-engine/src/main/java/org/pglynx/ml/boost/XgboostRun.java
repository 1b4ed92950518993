package org.pglynx.ml.boost;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import ml.dmlc.xgboost4j.java.util.BigDenseMatrix;
import org.jspecify.annotations.Nullable;

/**
 * What the native library holds of one training; used by one thread at a time, and disposed of in
 * the end.
 */
final class XgboostRun {
  private static final String WATCHED = "held-out";

  private static final List<String> DRAWN_SHARES =
      List.of("subsample", "colsample_bytree", "colsample_bylevel", "colsample_bynode");

  private final Map<String, Object> settings;
  private @Nullable Rows handed;
  private @Nullable DMatrix learnt;
  private @Nullable DMatrix watched;
  private @Nullable Booster booster;
  private boolean disposed;
  private int using;

  XgboostRun(Map<String, Object> settings) {
    OpenMp.prepare();
    this.settings = settings;
    this.using = threads();
  }

  /**
   * Rows as the library is given them.
   *
   * @param cells off the heap and row-major; the library copies them
   * @param cuts of the bins ({@link XgboostCuts}), or null if the library is to find them
   */
  record Rows(
      BigDenseMatrix cells,
      float[] labels,
      float @Nullable [] weights,
      int @Nullable [] groups,
      float @Nullable [][] cuts) {
    Rows(
        BigDenseMatrix cells, float[] labels, float @Nullable [] weights, int @Nullable [] groups) {
      this(cells, labels, weights, groups, null);
    }

    Rows withCuts(float @Nullable [][] found) {
      return new Rows(cells, labels, weights, groups, found);
    }
  }

  /** The next rows to learn from or to watch; from now on their cells are freed here. */
  void hand(Rows rows) {
    handed = rows;
  }

  /** Learns from the rows that were handed over. */
  void learn() throws XGBoostError {
    learnt = take(XgboostQuantiles.suit(settings, required(handed)));
  }

  /** Watches the rows that were handed over. */
  void watch() throws XGBoostError {
    watched = take(false);
  }

  private DMatrix take(boolean asBins) throws XGBoostError {
    Rows rows = required(handed);
    DMatrix matrix;
    try {
      matrix = asBins ? XgboostQuantiles.of(settings, rows) : new DMatrix(rows.cells(), Float.NaN);
    } finally {
      free();
    }
    matrix.setLabel(rows.labels());
    if (rows.groups() != null) {
      matrix.setGroup(rows.groups());
    }
    if (rows.weights() != null) {
      matrix.setWeight(rows.weights());
    }
    return matrix;
  }

  private void free() {
    if (handed != null) {
      handed.cells().dispose();
      handed = null;
    }
  }

  /** Boosts one round with so many threads; how many does not change the trees. */
  void update(int round, int threads) throws XGBoostError {
    DMatrix matrix = required(learnt);
    if (booster == null) {
      booster = XGBoost.train(matrix, new HashMap<>(settings), 0, Map.of(), null, null);
    }
    if (threads != using) {
      booster.setParam("nthread", threads);
      using = threads;
    }
    booster.update(matrix, round);
  }

  /** Whether rows, columns or trees are drawn by chance: then one thread must boost all rounds. */
  static boolean draws(Map<String, Object> settings) {
    return DRAWN_SHARES.stream().anyMatch(share -> isPart(settings.get(share)))
        || "dart".equals(settings.get("booster"))
        || "shuffle".equals(settings.get("feature_selector"));
  }

  private static boolean isPart(@Nullable Object share) {
    return share != null && Double.parseDouble(share.toString()) < 1;
  }

  /** Threads that the settings give it. */
  int threads() {
    return Integer.parseInt(settings.getOrDefault("nthread", 1).toString());
  }

  /** The metrics of the rows to watch, as {@code name:value}; the last one counts. */
  String scores(int round) throws XGBoostError {
    return required(booster)
        .evalSet(new DMatrix[] {required(watched)}, new String[] {WATCHED}, round);
  }

  /** The name of the metric in a score. */
  static String metric(String named) {
    return named.substring(named.lastIndexOf(WATCHED + "-") + WATCHED.length() + 1);
  }

  /** The model as the library's JSON. */
  byte[] json() throws XGBoostError {
    return required(booster).toByteArray("json");
  }

  /** Gives all memory back; once is enough. */
  void dispose() {
    if (disposed) {
      return;
    }
    disposed = true;
    free();
    if (booster != null) {
      booster.dispose();
    }
    if (learnt != null) {
      learnt.dispose();
    }
    if (watched != null) {
      watched.dispose();
    }
  }

  private static <T> T required(@Nullable T held) {
    if (held == null) {
      throw new IllegalStateException("rows are learnt from before anything else");
    }
    return held;
  }
}
