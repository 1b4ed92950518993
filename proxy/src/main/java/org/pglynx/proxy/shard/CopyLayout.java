package org.pglynx.proxy.shard;

import org.jspecify.annotations.Nullable;

/**
 * How the data of a COPY is laid out.
 *
 * @param format which of the three
 * @param delimiter between two fields
 * @param quote around a field of CSV
 * @param escape before a quote inside of one; often the quote itself
 * @param nullText what stands for NULL
 * @param defaultText what stands for the column's default; null if nothing does
 * @param header whether the first line holds names
 */
record CopyLayout(
    Format format,
    byte delimiter,
    byte quote,
    byte escape,
    String nullText,
    @Nullable String defaultText,
    boolean header) {
  /** The formats that COPY knows. */
  enum Format {
    /** Lines, with backslashes before what is not itself. */
    TEXT,
    /** Lines, with quotes around what is not itself. */
    CSV,
    /** PGCOPY. */
    BINARY
  }
}
