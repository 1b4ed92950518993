package org.pglynx.ml.boost;

import java.io.IOException;

/** Where the values of a structured document are written to. */
interface ModelSink {
  void begin() throws IOException;

  void end() throws IOException;

  void beginList() throws IOException;

  void endList() throws IOException;

  void name(String name) throws IOException;

  void text(String text) throws IOException;

  void whole(int value) throws IOException;

  void ints(int[] values) throws IOException;

  /** Numbers of 8 bits, where numbers have widths. */
  void bytes(int[] values) throws IOException;

  /** Numbers of 64 bits, where numbers have widths. */
  void longs(int[] values) throws IOException;

  void floats(float[] values) throws IOException;
}
