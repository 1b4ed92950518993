package org.pglynx.ml.model;

import java.util.List;

/**
 * The classes of a classification model, in the order of their indexes: numbers ascending, false
 * before true, texts by code point.
 *
 * @param kind how the label column was typed
 * @param names each class as text
 */
public record ClassLabels(Kind kind, List<String> names) {
  /** How the label column was typed. */
  public enum Kind {
    /** A numeric column; a class's name is its number in the shortest decimal form. */
    NUMBER,
    /** A boolean column; names are {@code false} and {@code true}. */
    BOOLEAN,
    /** A text column. */
    TEXT
  }

  /** What regression models have. */
  public static final ClassLabels NONE = new ClassLabels(Kind.NUMBER, List.of());

  /** Copies the names. */
  public ClassLabels {
    names = List.copyOf(names);
  }

  /** The number of classes. */
  public int count() {
    return names.size();
  }

  /** The class as text, as {@code predict_label} shows it. */
  public String name(int index) {
    return names.get(index);
  }

  /**
   * The class as the number {@code pgml.predict} returns: the label itself where labels are
   * numbers, 0 or 1 for booleans, the index for texts.
   */
  public float number(int index) {
    return switch (kind) {
      case NUMBER -> Float.parseFloat(names.get(index));
      case BOOLEAN -> names.get(index).equals("true") ? 1f : 0f;
      case TEXT -> index;
    };
  }
}
