package org.pglynx.ml.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pglynx.ml.data.BuiltInDataset.Column;

/**
 * The six built-in data sets with PostgresML's table layouts. Its swap of wine's hue and
 * color_intensity is a defect and not copied: each column holds what its name says.
 */
public final class Datasets {
  private static final String REAL = "real";

  private static final List<BuiltInDataset> ALL =
      List.of(breastCancer(), diabetes(), digits(), iris(), linnerud(), wine());

  private Datasets() {}

  /** All of them, by name. */
  public static List<BuiltInDataset> all() {
    return ALL;
  }

  /** The data set of that name. */
  public static Optional<BuiltInDataset> find(String name) {
    return ALL.stream().filter(set -> set.name().equals(name)).findFirst();
  }

  private static BuiltInDataset breastCancer() {
    List<String> measures =
        List.of(
            "radius",
            "texture",
            "perimeter",
            "area",
            "smoothness",
            "compactness",
            "concavity",
            "concave points",
            "symmetry",
            "fractal dimension");
    List<Column> columns = new ArrayList<>();
    measures.forEach(m -> columns.add(Column.plain("mean " + m, REAL)));
    measures.forEach(m -> columns.add(Column.plain(m + " error", REAL)));
    measures.forEach(m -> columns.add(Column.plain("worst " + m, REAL)));
    columns.add(Column.plain("malignant", "boolean"));
    return new BuiltInDataset("breast_cancer", columns, 569);
  }

  private static BuiltInDataset diabetes() {
    return new BuiltInDataset(
        "diabetes",
        reals("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "target"),
        442);
  }

  private static BuiltInDataset digits() {
    List<String> pixels = IntStream.range(0, 64).mapToObj(i -> "p" + i).toList();
    return new BuiltInDataset(
        "digits",
        List.of(new Column("image", "smallint[][]", pixels), Column.plain("target", "smallint")),
        1797);
  }

  private static BuiltInDataset iris() {
    return new BuiltInDataset(
        "iris",
        withTarget(reals("sepal_length", "sepal_width", "petal_length", "petal_width")),
        150);
  }

  private static BuiltInDataset linnerud() {
    return new BuiltInDataset(
        "linnerud", reals("chins", "situps", "jumps", "weight", "waist", "pulse"), 20);
  }

  private static BuiltInDataset wine() {
    return new BuiltInDataset(
        "wine",
        withTarget(
            reals(
                "alcohol",
                "malic_acid",
                "ash",
                "alcalinity_of_ash",
                "magnesium",
                "total_phenols",
                "flavanoids",
                "nonflavanoid_phenols",
                "proanthocyanins",
                "hue",
                "color_intensity",
                "od280/od315_of_diluted_wines",
                "proline")),
        178);
  }

  private static List<Column> reals(String... names) {
    return Arrays.stream(names).map(name -> Column.plain(name, REAL)).toList();
  }

  private static List<Column> withTarget(List<Column> features) {
    return Stream.concat(features.stream(), Stream.of(Column.plain("target", "integer"))).toList();
  }
}
