package org.pglynx.proxy.ml;

import io.netty.buffer.ByteBuf;

/** Finds and writes the fields in one CopyData body, which holds one row, or none. */
interface CopyCells {
  /** Where the row's first field begins, or -1 if there is no row. */
  int first(ByteBuf in, int from, int to);

  /** Where the field that begins there ends, in a body that ends at {@code to}. */
  int end(ByteBuf in, int at, int to);

  /** Where the field behind one that ends there begins; -1 if that was the last. */
  int next(ByteBuf in, int end, int to);

  /** Writes the field's value to the buffer; gives its length, -1 for NULL. */
  int decode(ByteBuf in, int at, int end, ByteBuf value);

  /** Writes a field with the value, or NULL for the length -1. */
  void encode(ByteBuf value, int length, ByteBuf out);
}
