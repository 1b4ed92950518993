package org.pglynx.ml.boost;

import java.io.IOException;

/**
 * The values of a structured document, read in one pass; the reader stands on a value, and each
 * method reads that value to its end.
 */
interface ModelValues {
  /** Reads the value of one field. */
  @FunctionalInterface
  interface Field {
    void read(String name) throws IOException;
  }

  /** Reads one element of a list. */
  @FunctionalInterface
  interface Element {
    void read() throws IOException;
  }

  /** Reads an object; the field must read or skip each value. */
  void object(Field field) throws IOException;

  /** Reads a list; the element must read or skip each value. */
  void list(Element element) throws IOException;

  int[] ints() throws IOException;

  float[] floats() throws IOException;

  /** Reads a text, or a number as one. */
  String text() throws IOException;

  void skip() throws IOException;
}
