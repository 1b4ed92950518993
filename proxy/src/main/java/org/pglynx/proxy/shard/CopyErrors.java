package org.pglynx.proxy.shard;

import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** What is wrong with the data of a COPY, told with the line. */
final class CopyErrors {
  /** A row that is longer is not held until it is known where it goes. */
  static final int MAX_ROW = 64 << 20;

  private CopyErrors() {}

  static PgErrorException malformed(String message, long line) {
    return PgError.error(SqlState.BAD_COPY_FORMAT, message)
        .withDetail("It is in line " + line + " of the data.")
        .toException();
  }

  static PgErrorException tooLong(long line) {
    return PgError.error(
            SqlState.PROGRAM_LIMIT,
            "a row is longer than %d bytes, and so is not held until its shard is known"
                .formatted(MAX_ROW))
        .withDetail("It begins in line " + line + " of the data.")
        .withHint("Choose the shard with SET SHARD TO n.")
        .toException();
  }
}
