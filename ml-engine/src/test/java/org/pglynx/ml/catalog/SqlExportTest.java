package org.pglynx.ml.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pglynx.ml.algo.Algorithm;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.api.SqlExport;
import org.pglynx.ml.data.Classes;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ProgressListener;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.ModelFile;
import org.pglynx.ml.registry.PayloadWriter;
import org.pglynx.ml.testing.Sets;

/** What models write as SQL; that it computes the same is tested with a server. */
class SqlExportTest {
  private static final FitContext CONTEXT =
      new FitContext(5, 1, CancelToken.NEVER, ProgressListener.NONE);

  /** What the schema's pgml._check_code takes. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\G(?:\\s|'(?:[-+0-9.eE,{}]++|Infinity|NaN)*+'|[()\\[\\],;]|:=|::|\\.\\.|[0-9]+(?![a-z0-9_])"
              + "|(?:case|when|then|else|end|is|null|real|int|double|precision|array|for|in|loop"
              + "|exit|coalesce|greatest|least|features|answer|answers|[rdna][0-9]+)(?![a-z0-9_])"
              + "|operator\\(pg_catalog\\.(?:<|<=|>|>=|=|\\+|-|\\*|/)\\)"
              + "|pg_catalog\\.(?:exp|abs|tanh)\\(|pgml\\._weighted_median\\()");

  static Stream<Arguments> everyServedTask() {
    return new Catalogue()
        .all().stream()
            .flatMap(
                algorithm -> algorithm.tasks().stream().map(task -> Arguments.of(algorithm, task)));
  }

  @ParameterizedTest
  @MethodSource("everyServedTask")
  void a_model_is_written_in_arithmetic_alone_or_says_why_not(Algorithm algorithm, Task task) {
    Model model = fit(algorithm.name(), task, Map.of());
    String refusal = SqlExport.refusal(model);

    if (refusal != null) {
      assertThat(refusal).startsWith("it compares each row with ");
      assertThatIllegalArgumentException().isThrownBy(() -> SqlExport.of(model));
      return;
    }
    SqlExport code = SqlExport.of(model);
    assertThat(code.value()).contains("answer := ");
    assertThat(code.outputs().contains("answers := array["))
        .isEqualTo(model.providesProbabilities() || model.outputCount() > 1);
    for (String part : List.of(code.common(), code.value(), code.outputs())) {
      assertThat(beyondArithmetic(part)).isEmpty();
    }
  }

  private static String beyondArithmetic(String code) {
    int end = 0;
    for (Matcher token = TOKEN.matcher(code); token.find(); ) {
      end = token.end();
    }
    return code.substring(end, Math.min(code.length(), end + 100));
  }

  @Test
  void a_small_forest_is_an_expression_and_a_large_one_a_loop() {
    SqlExport small = SqlExport.of(forest(5));
    SqlExport large = SqlExport.of(forest(100));

    assertThat(small.common()).contains("case when").doesNotContain("loop");
    assertThat(large.common()).contains("end loop;");
    assertThat(large.common()).doesNotContain("then (case");
  }

  /** Nodes with two parents would be written again and again: 2^100 of them at the worst. */
  @Test
  void what_a_forged_file_holds_is_written_in_bounds() {
    ModelCodec codec = new ModelCodec(1 << 28);
    byte[] good = codec.encode(fit("random_forest", Task.REGRESSION, Map.of("n_estimators", 1)));
    for (int i = 24; i < good.length; i += 3) {
      PayloadWriter forged = new PayloadWriter(1 << 28);
      for (int j = 24; j < good.length; j++) {
        forged.writeByte(j == i ? good[j] ^ 0x81 : good[j]);
      }
      try {
        Model model = codec.decode(ModelFile.wrap(forged));
        assertThat(SqlExport.of(model).common().length()).isLessThan(40 * good.length);
      } catch (MlException refused) {
        assertThat(refused.kind()).isEqualTo(MlException.Kind.MODEL_FORMAT);
      }
    }
  }

  private static Model forest(int trees) {
    return fit("random_forest", Task.REGRESSION, Map.of("n_estimators", trees));
  }

  private static Model fit(String name, Task task, Map<String, Object> hyperparameters) {
    Algorithm algorithm = new Catalogue().find(name);
    DataSet data = Sets.builtIn(task == Task.REGRESSION ? "diabetes" : "iris");
    int[] rows = data.allRows();
    ClassLabels labels = ClassLabels.NONE;
    double[] y = task.supervised() ? data.labels(rows) : new double[0];
    if (task == Task.CLASSIFICATION) {
      Classes classes = data.classes(rows);
      labels = classes.labels();
      y = Arrays.stream(classes.indexes(data, rows)).asDoubleStream().toArray();
    }
    TrainingTable table =
        TrainingTable.of(
            task, algorithm.name(), data.featureNames(), labels, data.rowMajor(rows), y);
    table = task == Task.RANK ? Sets.grouped(table, 10) : table;
    return algorithm.fit(table, hyperparameters, CONTEXT);
  }
}
