package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMBooster.FeatureImportanceType;
import io.github.metarank.lightgbm4j.LGBMDataset;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.tree.BoostedModel;

/** Our forest gives LightGBM's predictions and contributions, rows with missing values included. */
class LightgbmExactnessTest {
  private static final int ROWS = 3_000;
  private static final int WIDTH = 9;
  private static final ExactnessRows DATA = new ExactnessRows(ROWS, WIDTH, 1);

  @ParameterizedTest
  @CsvSource({
    "objective=regression,0",
    "objective=regression use_missing=false,0",
    "objective=regression boosting=dart drop_rate=0.5,0",
    "objective=regression boosting=rf bagging_freq=1 bagging_fraction=0.6,0",
    "objective=regression data_sample_strategy=goss,0",
    "objective=regression_l1,0",
    "objective=huber,0",
    "objective=quantile alpha=0.3,0",
    "objective=mape,0",
    "objective=poisson,0",
    "objective=gamma,0",
    "objective=tweedie,0",
    "objective=cross_entropy,0",
    "objective=binary,2",
    "objective=binary sigmoid=2,2",
    "objective=binary boosting=rf bagging_freq=1 bagging_fraction=0.6,2",
    "objective=multiclass num_class=4,4",
  })
  void predictsWhatTheLibraryPredicts(String settings, int classes) throws Exception {
    float[] x = features(new SeededRandom(3), true);
    String text = train(x, settings, classes);
    BoostedModel model = read(text, classes);
    int outputs = classes > 2 ? classes : 1;
    double[] scores = NativeLightgbm.scores(text, x, ROWS, outputs);
    double[] answers = NativeLightgbm.answers(text, x, ROWS, outputs);

    boolean steep = settings.contains("sigmoid=2");
    boolean forest = settings.contains("boosting=rf"); // raw scores of a forest are sums
    for (int i = 0; i < ROWS; i++) {
      for (int k = 0; k < outputs; k++) {
        double expected = scores[i * outputs + k] * (steep ? 2 : forest ? 1 / 25.0 : 1);
        assertThat(model.margin(k, x, i * WIDTH))
            .as("score %d of row %d", k, i)
            .isCloseTo((float) expected, within(Math.ulp((float) expected)));
        double answer = answers[i * outputs + k];
        assertThat((double) DATA.answers(model, x, i, classes)[k])
            .as("answer %d of row %d", k, i)
            .isCloseTo(answer, within(2e-6 * Math.max(1, Math.abs(answer))));
      }
    }
  }

  /** A model whose training rows had no missing values still answers for rows that have some. */
  @ParameterizedTest
  @CsvSource({"objective=regression,0", "objective=multiclass num_class=4,4"})
  void missingValuesThatTrainingNeverSawAreReadAsZero(String settings, int classes)
      throws Exception {
    String text = train(features(new SeededRandom(3), false), settings, classes);
    BoostedModel model = read(text, classes);
    float[] x = features(new SeededRandom(4), true);
    int outputs = Math.max(1, classes);
    double[] scores = NativeLightgbm.scores(text, x, ROWS, outputs);

    for (int i = 0; i < ROWS; i++) {
      assertThat(model.margin(0, x, i * WIDTH)).isEqualTo((float) scores[i * outputs]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "objective=regression,0",
    "objective=binary,2",
    "objective=multiclass num_class=4,4",
  })
  void contributionsAreTheLibrarys(String settings, int classes) throws Exception {
    float[] x = features(new SeededRandom(5), true);
    String text = train(x, settings, classes);
    BoostedModel model = read(text, classes);
    int some = 300;
    float[] rows = Arrays.copyOf(x, some * WIDTH);
    double[] out = new double[model.explainedScores() * (WIDTH + 1)];
    double[] expected = NativeLightgbm.contributions(text, rows, some, out.length);

    for (int i = 0; i < some; i++) {
      model.explain(x, i * WIDTH, out);
      for (int j = 0; j < out.length; j++) {
        assertThat(out[j]).isCloseTo(expected[i * out.length + j], within(1e-6));
      }
    }
  }

  private static String train(float[] x, String settings, int classes) throws Exception {
    String all = settings + " verbosity=-1 deterministic=true force_row_wise=true num_threads=1";
    LGBMDataset data = LGBMDataset.createFromMat(x, ROWS, WIDTH, true, all, null);
    data.setField("label", DATA.labels(x, classes));
    LGBMBooster booster = LGBMBooster.create(data, all);
    for (int round = 0; round < 25; round++) {
      booster.updateOneIter();
    }
    String text = booster.saveModelToString(0, 0, FeatureImportanceType.GAIN);
    booster.close();
    data.close();
    return text;
  }

  private static BoostedModel read(String text, int classes) {
    return LightgbmImport.model(DATA.info("lightgbm", classes), LightgbmText.read(text));
  }

  private static float[] features(SeededRandom random, boolean missing) {
    return DATA.features(() -> {
      boolean nan = random.nextInt(15) == 0 && missing;
      boolean zero = random.nextInt(10) == 0;
      return nan ? Float.NaN : zero ? 0 : random.nextDouble() * 20 - 10;
    });
  }
}
