package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Finds the shard of each row of a COPY.
 *
 * @param table whose rows they are
 * @param binary whether values are in the binary format
 * @param encoding of texts
 */
record CopyPlacement(ShardedTable table, boolean binary, CopyEncoding encoding) {
  /**
   * The shard.
   *
   * @param key as {@link CopyFields#row} has it
   * @param line for what is told if there is none
   */
  int shard(byte[] @Nullable [] key, long line) throws PgErrorException {
    try {
      List<KeyValue> values = new ArrayList<>(key.length);
      for (int i = 0; i < key.length; i++) {
        values.add(value(key[i], i));
      }
      int shard = table.function().shard(values);
      if (shard == ShardFunction.NOWHERE) {
        throw nowhere(values);
      }
      return shard;
    } catch (PgErrorException e) {
      throw located(e.error(), line);
    }
  }

  private KeyValue value(byte @Nullable [] bytes, int column) throws PgErrorException {
    KeyType type = table.types().get(column);
    if (bytes == null) {
      throw PgError.error(
              SqlState.NOT_NULL_VIOLATION,
              "null value in the sharding key column \"%s\" of the table \"%s\""
                  .formatted(table.columns().get(column), table.name()))
          .withHint("A row without a key has no shard.")
          .toException();
    }
    KeyValue value =
        binary && !type.characters() ? type.ofBinary(bytes) : type.ofText(encoding.text(bytes));
    return type.stored(value);
  }

  private PgErrorException nowhere(List<KeyValue> key) {
    String values = String.join(", ", key.stream().map(KeyValue::text).toList());
    return PgError.error(
            SqlState.CHECK_VIOLATION,
            "no shard of the table \"" + table.name() + "\" takes the key (" + values + ")")
        .toException();
  }

  private PgErrorException located(PgError error, long line) {
    return error.withDetail("COPY %s, line %d".formatted(table.name(), line)).toException();
  }
}
