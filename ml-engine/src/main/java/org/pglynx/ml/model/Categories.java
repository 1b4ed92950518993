package org.pglynx.ml.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The categories of a feature, numbered as PostgresML numbers them: 0 is NULL, the others follow
 * from 1 on.
 */
public final class Categories {
  /** The code of NULL. */
  public static final int NULL = 0;

  /** The code of a text that is none of the categories. */
  public static final int UNSEEN = -1;

  private final List<String> texts;
  private final Map<String, Integer> codes = new HashMap<>();

  /**
   * Categories.
   *
   * @param texts their texts from code 1 on, each once
   */
  public Categories(List<String> texts) {
    this.texts = List.copyOf(texts);
    for (String text : this.texts) {
      codes.putIfAbsent(text, codes.size() + 1);
    }
  }

  /** The number of categories, NULL among them. */
  public int count() {
    return texts.size() + 1;
  }

  /** The texts from code 1 on. */
  public List<String> texts() {
    return texts;
  }

  /** The code of the text, {@link #UNSEEN} when it is none of the categories. */
  public int code(String text) {
    return codes.getOrDefault(text, UNSEEN);
  }

  /** Whether the number is a code, that of unseen texts included. */
  public boolean isCode(float value) {
    return value >= UNSEEN && value < count() && value == (int) value;
  }

  /** Bytes of heap, roughly. */
  public long sizeBytes() {
    long bytes = 64;
    for (String text : texts) {
      bytes += 120 + text.length();
    }
    return bytes;
  }
}
