package org.pglynx.ml.data;

/**
 * One column as it arrives, in the order of the columns of the relation.
 *
 * @param name the column's name
 * @param role feature or label
 * @param type how its values arrive
 */
public record ColumnSpec(String name, Role role, Type type) {
  /** What the column is for. */
  public enum Role {
    /** The model sees it. */
    FEATURE,
    /** The model predicts it; none for unsupervised tasks, several for a joint model. */
    LABEL,
    /** How much the row counts; at most one column. */
    WEIGHT,
    /** Which rows belong together, such as the results of a query; at most one column, TEXT. */
    GROUP
  }

  /** How the values arrive. */
  public enum Type {
    /** A number per row. */
    NUMBER,
    /** A boolean per row, given as the number 0 or 1. */
    BOOLEAN,
    /** An array of numbers, flattened; the width of the first row holds for all. Features only. */
    ARRAY,
    /** A text per row: a category, a class or the name of a group. */
    TEXT
  }

  /** A feature that is a number per row. */
  public static ColumnSpec feature(String name) {
    return new ColumnSpec(name, Role.FEATURE, Type.NUMBER);
  }

  /** A feature that is one of some texts. */
  public static ColumnSpec category(String name) {
    return new ColumnSpec(name, Role.FEATURE, Type.TEXT);
  }

  /** A feature column that holds arrays of one width. */
  public static ColumnSpec arrayFeature(String name) {
    return new ColumnSpec(name, Role.FEATURE, Type.ARRAY);
  }

  /** The label column. */
  public static ColumnSpec label(String name, Type type) {
    return new ColumnSpec(name, Role.LABEL, type);
  }

  /** The column of the rows' weights. */
  public static ColumnSpec weight(String name) {
    return new ColumnSpec(name, Role.WEIGHT, Type.NUMBER);
  }

  /** The column that says which group a row belongs to. */
  public static ColumnSpec group(String name) {
    return new ColumnSpec(name, Role.GROUP, Type.TEXT);
  }
}
