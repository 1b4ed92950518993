package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.data.ColumnSpec.Type;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;
import org.pglynx.ml.testing.Sets;

class DataSetBuilderTest {
  private static final List<ColumnSpec> ONLY_ARRAY =
      List.of(ColumnSpec.arrayFeature("image"), ColumnSpec.label("digit", Type.NUMBER));

  private static final List<ColumnSpec> IMAGE =
      List.of(
          ColumnSpec.label("digit", Type.NUMBER),
          ColumnSpec.arrayFeature("image"),
          ColumnSpec.feature("age"));

  @Test
  void arraysBecomeOneFeaturePerElementInColumnOrder() {
    DataSetBuilder builder = new DataSetBuilder(IMAGE, Long.MAX_VALUE);
    imageRow(builder, 5, 70, 1, 2, 3);
    imageRow(builder, 6, 71, 4, 5, 6);

    DataSet data = builder.build();

    assertThat(data.featureNames()).containsExactly("image[1]", "image[2]", "image[3]", "age");
    assertThat(data.rowMajor(new int[] {1, 0})).containsExactly(4, 5, 6, 71, 1, 2, 3, 70);
    assertThat(data.label(1)).isEqualTo(6);
  }

  @Test
  void aFeatureIsCopiedInTheOrderOfTheRows() {
    DataSetBuilder builder = new DataSetBuilder(IMAGE, Long.MAX_VALUE);
    for (int row = 0; row < 4; row++) {
      imageRow(builder, 5, row, 1, 2, 3);
    }
    DataSet data = builder.build();
    float[] inOrder = new float[2];
    float[] picked = new float[3];

    data.copy(3, new int[] {0, 1, 2, 3}, 1, 3, inOrder);
    data.copy(3, new int[] {2, 0, 3, 1}, 1, 4, picked);

    assertThat(inOrder).containsExactly(1, 2);
    assertThat(picked).containsExactly(0, 3, 1);
  }

  @Test
  void anArrayOfAnotherWidthIsRefusedByName() {
    DataSetBuilder builder = new DataSetBuilder(IMAGE, Long.MAX_VALUE);
    imageRow(builder, 5, 70, 1, 2, 3);
    builder.number(6);

    assertFailure(Kind.BAD_DATA, () -> builder.startArray(2))
        .withMessage("Mismatched array length for feature `image`. Expected: 3 Received: 2");
  }

  @Test
  void arraysWithoutAnyElementAreNothingToLearnFrom() {
    DataSetBuilder builder = new DataSetBuilder(ONLY_ARRAY, Long.MAX_VALUE);
    builder.startArray(0);
    builder.number(1);
    builder.endRow();

    assertFailure(Kind.BAD_DATA, builder::build)
        .withMessage("There is nothing to learn from: all arrays are empty.");
  }

  @Test
  void aNullArrayIsAsManyMissingValues() {
    DataSetBuilder builder = new DataSetBuilder(IMAGE, Long.MAX_VALUE);
    imageRow(builder, 5, 70, 1, 2, 3);
    builder.number(6);
    builder.missing();
    builder.number(71);
    builder.endRow();

    DataSet data = builder.build();

    assertThat(data.rowMajor(new int[] {1})).containsExactly(Float.NaN, Float.NaN, Float.NaN, 71);
    assertThat(data.nullCount(1)).isEqualTo(1);
  }

  @Test
  void nullsNansAndInfinitiesAreToldApart() {
    DataSetBuilder builder = new DataSetBuilder(Sets.columns(1, Type.NUMBER), Long.MAX_VALUE);
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1e300, 1}) {
      builder.number(value);
      builder.number(0);
      builder.endRow();
    }
    builder.missing();
    builder.number(0);
    builder.endRow();

    DataSet data = builder.build();

    assertThat(data.nanCount(0)).isEqualTo(1);
    assertThat(data.infinityCount(0)).isEqualTo(2);
    assertThat(data.nullCount(0)).isEqualTo(1);
  }

  @Test
  void columnsKeepEveryValueWhenTheyGrow() {
    DataSetBuilder builder = new DataSetBuilder(Sets.columns(2, Type.NUMBER), Long.MAX_VALUE);
    int rows = 100_000; // several chunks
    for (int i = 0; i < rows; i++) {
      builder.number(i);
      builder.number(-i);
      builder.number(i * 0.5);
      builder.endRow();
    }

    DataSet data = builder.build();

    for (int i = 0; i < rows; i++) {
      assertThat(data.feature(i, 0) == i && data.feature(i, 1) == -i && data.label(i) == i * 0.5)
          .isTrue();
    }
  }

  @Test
  void textLabelsBecomeClassesInAlphabeticalOrder() {
    DataSet data = Sets.texts(new double[] {1, 2, 3, 4}, "setosa", "virginica", "setosa", "ärger");

    Classes classes = data.classes(data.allRows());

    assertThat(classes.labels().names()).containsExactly("setosa", "virginica", "ärger");
    assertThat(classes.indexes(data, data.allRows())).containsExactly(0, 1, 0, 2);
  }

  @Test
  void moreTextsThanClassesEndReadingAtOnce() {
    DataSetBuilder builder = new DataSetBuilder(Sets.columns(1, Type.TEXT), Long.MAX_VALUE);
    for (int i = 0; i < 1000; i++) {
      builder.number(i);
      builder.text(("t" + i).getBytes(StandardCharsets.UTF_8), 0, ("t" + i).length());
      builder.endRow();
    }
    builder.number(1);

    assertFailure(Kind.BAD_DATA, () -> builder.text(new byte[] {'x'}, 0, 1))
        .withMessageContaining("more than 1000 distinct values");
  }

  @Test
  void aThousandTextsKeepTheirCodes() {
    TextDictionary texts = new TextDictionary();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 1000; i++) {
        byte[] bytes = ("label " + i).getBytes(StandardCharsets.UTF_8);
        assertThat(texts.code(bytes, 0, bytes.length)).isEqualTo(i);
      }
    }
    assertThat(texts.text(999)).isEqualTo("label 999");
  }

  @Test
  void numericClassesAreOrderedByNumberAndNamedShortly() {
    DataSet data = Sets.numbers(new double[] {1, 10}, new double[] {1, 2}, new double[] {1, 0.5});

    assertThat(data.classes(data.allRows()).labels().names()).containsExactly("0.5", "2", "10");
  }

  @Test
  void classesThatAreNoNumbersHaveNames() {
    DataSet data = Sets.numbers(new double[] {1, Double.NaN}, new double[] {1, 2});

    assertThat(data.classes(data.allRows()).labels().names()).containsExactly("2", "NaN");
  }

  @Test
  void nullLabelsAreRefusedWithTheirNumber() {
    DataSetBuilder builder = new DataSetBuilder(Sets.columns(1, Type.NUMBER), Long.MAX_VALUE);
    builder.number(1);
    builder.missing();
    builder.endRow();

    assertFailure(Kind.NULL_LABEL, builder::build)
        .withMessage("The training data labels in \"y\" contain 1 NULL values.");
  }

  @Test
  void noRowsAreRefused() {
    assertFailure(
        Kind.BAD_DATA, new DataSetBuilder(Sets.columns(1, Type.NUMBER), Long.MAX_VALUE)::build);
  }

  @Test
  void textFeaturesAreNumberedByTheRowsThatAreLearntFrom() {
    DataSetBuilder builder =
        new DataSetBuilder(
            List.of(ColumnSpec.category("city"), ColumnSpec.feature("x")), Long.MAX_VALUE);
    for (String city : Arrays.asList("Ulm", "Bern", null, "Ulm", "Graz")) {
      if (city == null) {
        builder.missing();
      } else {
        text(builder, city);
      }
      builder.number(1);
      builder.endRow();
    }

    DataSet data = builder.build().coded(new int[] {3, 2, 1}, Map.of());

    assertThat(data.labelCount()).isZero();
    assertThat(Objects.requireNonNull(data.categories(0)).texts()).containsExactly("Bern", "Ulm");
    assertThat(data.categories(1)).isNull();
    assertThat(data.rowMajor(data.allRows())).containsExactly(2, 1, 1, 1, 0, 1, 2, 1, -1, 1);
  }

  @Test
  void anOrderOfCategoriesIsKept() {
    DataSetBuilder builder =
        new DataSetBuilder(List.of(ColumnSpec.category("size")), Long.MAX_VALUE);
    for (String size : List.of("large", "small", "huge")) {
      text(builder, size);
      builder.endRow();
    }

    DataSet data =
        builder.build().coded(new int[] {0}, Map.of("size", List.of("small", "medium", "large")));

    assertThat(data.rowMajor(data.allRows())).containsExactly(3, 1, -1);
  }

  @Test
  void moreTextsThanCategoriesEndReadingByName() {
    DataSetBuilder builder =
        new DataSetBuilder(List.of(ColumnSpec.category("key")), Long.MAX_VALUE);
    for (int i = 0; i < FeatureColumns.MAX_CATEGORIES; i++) {
      text(builder, "k" + i);
      builder.endRow();
    }

    assertFailure(Kind.BAD_DATA, () -> text(builder, "one more"))
        .withMessageContaining("column \"key\" has more than 65536 different texts");
  }

  private static void text(DataSetBuilder builder, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    builder.text(bytes, 0, bytes.length);
  }

  @Test
  void theMemoryBudgetEndsReadingWithAnEstimate() {
    DataSetBuilder builder = new DataSetBuilder(Sets.columns(100, Type.NUMBER), 4 << 20);

    MlException failure =
        (MlException)
            catchThrowable(() -> {
              for (int i = 0; i < 1_000_000; i++) {
                for (int cell = 0; cell <= 100; cell++) {
                  builder.number(cell);
                }
                builder.endRow();
              }
            });

    assertThat(failure.kind()).isEqualTo(Kind.MEMORY_BUDGET);
    assertThat(failure.detail()).contains("of 100 features").contains("the budget is 4 MB");
    assertThat(builder.rowCount()).isLessThan(10_000);
  }

  private static void imageRow(DataSetBuilder builder, double label, double age, double... image) {
    builder.number(label);
    builder.startArray(image.length);
    for (double pixel : image) {
      builder.number(pixel);
    }
    builder.number(age);
    builder.endRow();
  }

  private static ThrowableAssertAlternative<MlException> assertFailure(
      Kind kind, ThrowingCallable call) {
    return assertThatExceptionOfType(MlException.class)
        .isThrownBy(call)
        .satisfies(failure -> assertThat(failure.kind()).isEqualTo(kind));
  }
}
