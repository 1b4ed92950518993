package org.pglynx.proxy.admin;

import java.util.LinkedHashMap;
import java.util.Map;

/** Labels of a sample, in the order in which they are given. */
final class Labels {
  private Labels() {}

  /** From names and values in turn. */
  static Map<String, String> of(String... namesAndValues) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      labels.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return labels;
  }
}
