package org.pglynx.proxy.ml;

/**
 * How COPY TO writes its rows (manual, COPY, "File Formats").
 *
 * @param kind the format
 * @param header whether names of columns come first
 * @param delimiter between fields
 * @param nullText what stands for NULL
 * @param quote around fields of csv
 * @param escape before quotes in fields of csv
 */
record CopyFormat(
    Kind kind, boolean header, byte delimiter, String nullText, byte quote, byte escape) {
  /** The formats. */
  enum Kind {
    /** Fields with escapes by a backslash. */
    TEXT,
    /** Fields in quotes. */
    CSV,
    /** Fields with their lengths. */
    BINARY
  }

  /** Reads and writes fields of the format. */
  CopyCells cells() {
    return switch (kind) {
      case TEXT -> new TextCells(this);
      case CSV -> new CsvCells(this);
      case BINARY -> new BinaryCells();
    };
  }
}
