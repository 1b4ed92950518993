package org.pglynx.ml.boost;

import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMBooster.FeatureImportanceType;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import org.jspecify.annotations.Nullable;

/**
 * What the native library holds of one training; used by one thread at a time, and closed in the
 * end.
 */
final class LightgbmRun {
  private final String settings;
  private @Nullable LGBMDataset learnt;
  private @Nullable LGBMDataset watched;
  private @Nullable LGBMBooster booster;

  LightgbmRun(String settings) {
    this.settings = settings;
  }

  /** Rows as the library is given them; it copies the cells, which are row-major. */
  record Rows(
      float[] cells,
      int count,
      int width,
      float[] labels,
      float @Nullable [] weights,
      int @Nullable [] groups) {}

  /** Takes the rows to learn from. */
  void learn(Rows rows) throws LGBMException {
    LGBMDataset data = dataset(rows, null);
    learnt = data;
    fill(data, rows);
    booster = LGBMBooster.create(data, settings);
  }

  /** Takes the rows to watch, which are binned like those to learn from. */
  void watch(Rows rows) throws LGBMException {
    LGBMDataset data = dataset(rows, required(learnt));
    watched = data;
    fill(data, rows);
    required(booster).addValidData(data);
  }

  private LGBMDataset dataset(Rows rows, @Nullable LGBMDataset reference) throws LGBMException {
    return LGBMDataset.createFromMat(
        rows.cells(), rows.count(), rows.width(), true, settings, reference);
  }

  private static void fill(LGBMDataset data, Rows rows) throws LGBMException {
    data.setField("label", rows.labels());
    if (rows.weights() != null) {
      data.setField("weight", rows.weights());
    }
    if (rows.groups() != null) {
      data.setField("group", rows.groups());
    }
  }

  /** The name of the metric that decides. */
  String metric() throws LGBMException {
    return required(booster).getEvalNames()[0];
  }

  /** Boosts one round; true when there is nothing left to split. */
  boolean update() throws LGBMException {
    return required(booster).updateOneIter();
  }

  /** The metric that decides, of the rows to watch. */
  double score() throws LGBMException {
    return required(booster).getEval(1)[0];
  }

  /** The library's text of the model of so many rounds. */
  String text(int rounds) throws LGBMException {
    return required(booster).saveModelToString(0, rounds, FeatureImportanceType.GAIN);
  }

  /** Gives all memory back; once is enough. */
  void close() {
    try {
      if (booster != null) {
        booster.close();
        booster = null;
      }
      if (watched != null) {
        watched.close();
        watched = null;
      }
      if (learnt != null) {
        learnt.close();
        learnt = null;
      }
    } catch (LGBMException e) {
      throw new IllegalStateException("LightGBM does not give its memory back", e);
    }
  }

  private static <T> T required(@Nullable T held) {
    if (held == null) {
      throw new IllegalStateException("rows are learnt from before anything else");
    }
    return held;
  }
}
