package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetsTest {
  @ParameterizedTest
  @CsvSource({
    "breast_cancer,569,31",
    "diabetes,442,11",
    "digits,1797,2",
    "iris,150,5",
    "linnerud,20,6",
    "wine,178,14"
  })
  void everySetHasItsRowsAndColumns(String name, int rows, int columns) {
    BuiltInDataset set = Datasets.find(name).orElseThrow();
    int counted = 0;
    try (DatasetRows cursor = set.open()) {
      while (cursor.next()) {
        for (int c = 0; c < columns; c++) {
          assertThat(cursor.text(c)).isNotEmpty();
        }
        counted++;
      }
    }

    assertThat(counted).isEqualTo(rows).isEqualTo(set.rowCount());
    assertThat(set.columns()).hasSize(columns);
  }

  @Test
  void anUnknownNameHasNoSet() {
    assertThat(Datasets.find("california_housing")).isEmpty();
  }

  @Test
  void digitsAreImagesOfEightByEight() {
    assertThat(firstRow("digits"))
        .containsExactly(
            "{{0,0,5,13,9,1,0,0},{0,0,13,15,10,15,5,0},{0,3,15,2,0,11,8,0},{0,4,12,0,0,8,8,0},"
                + "{0,5,8,0,0,9,8,0},{0,4,11,0,1,12,7,0},{0,2,14,5,10,12,0,0},{0,0,6,13,10,0,0,0}}",
            "0");
  }

  @Test
  void malignantIsABoolean() {
    BuiltInDataset set = Datasets.find("breast_cancer").orElseThrow();

    assertThat(set.columns().getLast())
        .isEqualTo(BuiltInDataset.Column.plain("malignant", "boolean"));
    assertThat(firstRow("breast_cancer").getLast()).isEqualTo("t");
  }

  @Test
  void winesHueAndColourAreNotSwapped() {
    BuiltInDataset set = Datasets.find("wine").orElseThrow();
    List<String> names = set.columns().stream().map(BuiltInDataset.Column::name).toList();
    List<String> first = firstRow("wine");

    assertThat(first.get(names.indexOf("hue"))).isEqualTo("1.04");
    assertThat(first.get(names.indexOf("color_intensity"))).isEqualTo("5.64");
  }

  private static List<String> firstRow(String name) {
    BuiltInDataset set = Datasets.find(name).orElseThrow();
    List<String> texts = new ArrayList<>();
    try (DatasetRows cursor = set.open()) {
      cursor.next();
      for (int c = 0; c < set.columns().size(); c++) {
        texts.add(cursor.text(c));
      }
    }
    return texts;
  }
}
