package org.pglynx.ml.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code preprocess} says about one column.
 *
 * @param encode how categories become numbers, or null when nothing is said
 * @param ordinal the categories in their order, for {@link Encode#ORDINAL}
 * @param impute what stands in for a missing value, or null when nothing is said
 * @param scale how values are brought to scale
 */
public record ColumnPlan(
    @Nullable Encode encode, List<String> ordinal, @Nullable Impute impute, Scale scale) {
  /** Nothing is done. */
  public static final ColumnPlan NONE = new ColumnPlan(null, List.of(), null, Scale.PRESERVE);

  /** Copies the categories. */
  public ColumnPlan {
    ordinal = List.copyOf(ordinal);
  }

  /** How a category becomes a number, or several. */
  public enum Encode {
    /** Its code. */
    NATIVE("native"),
    /** The mean of the first label over the training rows that have it. */
    TARGET("target"),
    /** A column of 0 and 1 for each category but the last. */
    ONE_HOT("one_hot"),
    /** Its place in a list that the user gives. */
    ORDINAL("ordinal");

    private final String sqlName;

    Encode(String sqlName) {
      this.sqlName = sqlName;
    }

    /** The name in preprocess. */
    public String sqlName() {
      return sqlName;
    }
  }

  /** What stands in for a missing value. */
  public enum Impute {
    /** Nothing: missing values are an error. */
    ERROR("error"),
    /** The mean. */
    MEAN("mean"),
    /** The median. */
    MEDIAN("median"),
    /** The most frequent value. */
    MODE("mode"),
    /** The smallest value. */
    MIN("min"),
    /** The largest value. */
    MAX("max"),
    /** Zero. */
    ZERO("zero");

    private final String sqlName;

    Impute(String sqlName) {
      this.sqlName = sqlName;
    }

    /** The name in preprocess. */
    public String sqlName() {
      return sqlName;
    }
  }

  /** How values are brought to scale. */
  public enum Scale {
    /** They stay as they are. */
    PRESERVE("preserve"),
    /** To mean 0 and standard deviation 1. */
    STANDARD("standard"),
    /** To 0 … 1. */
    MIN_MAX("min_max"),
    /** To a largest absolute value of 1. */
    MAX_ABS("max_abs"),
    /** To median 0 and a distance of 1 between the quartiles. */
    ROBUST("robust");

    private final String sqlName;

    Scale(String sqlName) {
      this.sqlName = sqlName;
    }

    /** The name in preprocess. */
    public String sqlName() {
      return sqlName;
    }
  }
}
