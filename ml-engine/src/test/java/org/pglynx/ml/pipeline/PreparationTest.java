package org.pglynx.ml.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.pglynx.ml.testing.Cells.row;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.ml.data.ColumnSpec;
import org.pglynx.ml.data.ColumnSpec.Type;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.testing.Cells;

/** What preprocess makes of rows, in PostgresML's terms. */
class PreparationTest {
  private static final List<ColumnSpec> COLUMNS =
      List.of(
          ColumnSpec.category("city"), ColumnSpec.feature("x"), ColumnSpec.label("y", Type.NUMBER));
  private static final DataSet DATA =
      Cells.of(
          COLUMNS,
          row("Ulm", 1, 10),
          row("Bern", 2, 20),
          row(null, null, 40),
          row("Ulm", 4, 30),
          row("Graz", 9, 90));
  private static final int[] FOUR = {0, 1, 2, 3};

  @Test
  void without_a_plan_categories_are_their_codes() {
    assertThat(column(Map.of(), 0)).containsExactly(1, 2, 0, 1, Float.NaN);
    assertThat(names(Map.of())).containsExactly("city", "x");
  }

  @Test
  void a_target_encoding_is_the_mean_label_of_the_training_rows() {
    assertThat(column(city(Map.of("encode", "target")), 0))
        .containsExactly(20, 20, 40, 20, Float.NaN);
  }

  @Test
  void a_category_without_rows_has_the_mean_label_of_all() {
    DataSet noNulls = Cells.of(COLUMNS, row("a", 1, 10), row("b", 1, 30), row("a", 1, 20));
    DataSet coded = noNulls.coded(noNulls.allRows(), Map.of());
    Preprocess preprocess = Preprocess.of(city(Map.of("encode", "target")));

    Pipeline pipeline = new Preparation(coded, preprocess, Task.REGRESSION).fit(coded.allRows());

    // NULL is a category, too, and no row has it.
    StepProbe probe = new StepProbe(pipeline);
    assertThat(probe.apply(0, 1)).startsWith(20);
  }

  @Test
  void one_hot_makes_a_column_of_each_category_but_the_last() {
    Map<String, @Nullable Object> plan = city(Map.of("encode", "one_hot", "impute", "mode"));

    assertThat(names(plan)).containsExactly("city=NULL", "city=Ulm", "x");
    assertThat(column(plan, 0)).containsExactly(0, 0, 1, 0, 0);
    // The unseen one is imputed as the most frequent.
    assertThat(column(plan, 1)).containsExactly(1, 0, 0, 1, 1);
  }

  @Test
  void an_ordinal_is_the_place_in_the_list() {
    Map<String, @Nullable Object> plan =
        city(Map.of("encode", Map.of("ordinal", List.of("Graz", "Ulm", "Bern"))));

    assertThat(column(plan, 0)).containsExactly(2, 3, 0, 2, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "mean, 2.3333333",
    "median, 2",
    "min, 1",
    "max, 4",
    "zero, 0",
    "mode, 2",
  })
  void missing_numbers_are_imputed_by_the_training_rows(String rule, float expected) {
    assertThat(column(Map.of("x", Map.of("impute", rule)), 1))
        .containsExactly(1, 2, expected, 4, 9);
  }

  @Test
  void values_are_brought_to_scale_after_they_are_imputed() {
    // 1, 2, 1, 4 after imputing: mean 2, deviation √1.5.
    float deviation = (float) Math.sqrt(1.5);
    assertThat(scaled("standard")[4]).isEqualTo(7 / deviation);
    assertThat(scaled("min_max")).containsExactly(0, 1 / 3f, 0, 1, 8 / 3f);
    assertThat(scaled("max_abs")).containsExactly(0.25f, 0.5f, 0.25f, 1, 2.25f);
  }

  @Test
  void robust_scales_by_the_quartiles() {
    @Nullable Object[][] rows = new Object[101][];
    for (int i = 0; i <= 100; i++) {
      rows[i] = row(i, i);
    }
    DataSet data =
        Cells.of(List.of(ColumnSpec.feature("x"), ColumnSpec.label("y", Type.NUMBER)), rows);
    Preprocess preprocess = Preprocess.of(Map.of("x", Map.of("scale", "robust")));

    Pipeline pipeline =
        new Preparation(data.coded(data.allRows(), Map.of()), preprocess, Task.REGRESSION)
            .fit(data.allRows());

    // Median 50, quartiles 25 and 75.
    assertThat(new StepProbe(pipeline).apply(75)).containsExactly(0.5f);
  }

  @Test
  void a_column_of_one_value_keeps_a_finite_scale() {
    DataSet data =
        Cells.of(
            List.of(ColumnSpec.feature("x"), ColumnSpec.label("y", Type.NUMBER)),
            row(3, 1),
            row(3, 2));
    Preprocess preprocess = Preprocess.of(Map.of("x", Map.of("scale", "standard")));

    Pipeline pipeline =
        new Preparation(data.coded(data.allRows(), Map.of()), preprocess, Task.REGRESSION)
            .fit(data.allRows());

    assertThat(new StepProbe(pipeline).apply(3)).containsExactly(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          nope | impute | mean    | column "nope" is none of the columns to learn from
          y    | scale  | max_abs | column "y" is none of the columns to learn from
          x    | encode | target  | It does not make sense to {"encode": "target"} a continuous variable
          city | impute | mean    | column "city" cannot impute the mean of categories
          """)
  void plans_that_do_not_fit_are_refused(String column, String step, String value, String error) {
    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> column(Map.of(column, Map.of(step, value)), 0))
        .withMessageContaining(error);
  }

  @Test
  void groups_have_no_target_to_encode_by() {
    Preprocess preprocess = Preprocess.of(city(Map.of("encode", "target")));

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> new Preparation(DATA.coded(FOUR, Map.of()), preprocess, Task.CLUSTERING))
        .withMessageContaining("clustering has no labels");
  }

  @Test
  void a_table_that_one_hot_makes_too_wide_is_refused_before_it_is_made() {
    DataSetBuilder builder =
        new DataSetBuilder(
            List.of(ColumnSpec.category("c"), ColumnSpec.label("y", Type.NUMBER)), 256 << 10);
    for (int i = 0; i < 400; i++) {
      byte[] text = ("category " + i).getBytes(StandardCharsets.UTF_8);
      builder.text(text, 0, text.length);
      builder.number(i);
      builder.endRow();
    }
    DataSet data = builder.build();
    DataSet coded = data.coded(data.allRows(), Map.of());
    Preprocess preprocess = Preprocess.of(Map.of("c", Map.of("encode", "one_hot")));
    Pipeline pipeline = new Preparation(coded, preprocess, Task.REGRESSION).fit(data.allRows());

    assertThatExceptionOfType(MlException.class)
        .isThrownBy(() -> pipeline.features(coded, coded.allRows()))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(MlException.Kind.MEMORY_BUDGET))
        .satisfies(e -> assertThat(e.detail()).contains("400 rows of 400 features"));
  }

  private static float[] scaled(String scale) {
    return column(Map.of("x", Map.of("impute", "min", "scale", scale)), 1);
  }

  private static Map<String, @Nullable Object> city(Map<String, Object> steps) {
    return Map.of("city", steps);
  }

  private static List<String> names(Map<String, @Nullable Object> json) {
    return pipeline(json).featureNames();
  }

  /** One engine feature of all five rows; the fifth is not among those that are learnt from. */
  private static float[] column(Map<String, @Nullable Object> json, int feature) {
    Pipeline pipeline = pipeline(json);
    Map<String, List<String>> orders = Preparation.orders(Preprocess.of(json));
    float[] all = pipeline.features(DATA.coded(FOUR, orders), DATA.allRows()).all();
    int width = pipeline.featureNames().size();
    float[] column = new float[all.length / width];
    for (int i = 0; i < column.length; i++) {
      column[i] = all[i * width + feature];
    }
    return Arrays.copyOf(column, column.length);
  }

  private static Pipeline pipeline(Map<String, @Nullable Object> json) {
    Preprocess preprocess = Preprocess.of(json);
    DataSet coded = DATA.coded(FOUR, Preparation.orders(preprocess));
    return new Preparation(coded, preprocess, Task.REGRESSION).fit(FOUR);
  }
}
