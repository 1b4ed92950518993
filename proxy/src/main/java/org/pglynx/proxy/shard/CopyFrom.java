package org.pglynx.proxy.shard;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.ShardRoute;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * COPY FROM STDIN into a sharded table: each row goes to its shard.
 *
 * @param table the table
 * @param layout how the rows are laid out
 * @param encoding in which the statement says that they are; null if in the client's
 * @param text the statement
 * @param limit how many bytes a directory may take in which keys are looked up
 */
record CopyFrom(
    ShardedTable table, CopyLayout layout, @Nullable String encoding, CopyText text, long limit)
    implements Plan {
  /** The same with keys that have been looked up. */
  CopyFrom placed(ShardFunction found) {
    ShardedTable known = new ShardedTable(table.name(), table.columns(), table.types(), found);
    return new CopyFrom(known, layout, encoding, text, limit);
  }

  @Override
  public ShardRoute anywhere(Shards shards) {
    return new ShardRoute.To(shards.shard(shards.unchosen()));
  }

  @Override
  public ShardRoute route(Arguments arguments, int[] types, Shards shards) {
    return new ShardRoute.To(shards.together(), new CopyRun(this));
  }

  /**
   * Where the columns of the key stand among the columns of a row.
   *
   * @param columns in the order of the row
   */
  int[] places(List<String> columns) throws PgErrorException {
    int[] places = new int[table.columns().size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = columns.indexOf(table.columns().get(i));
      if (places[i] < 0) {
        throw PgError.error(
                SqlState.UNDEFINED_COLUMN,
                "column \"%s\" of relation \"%s\" does not exist"
                    .formatted(table.columns().get(i), table.name()))
            .withHint("It is the sharding key of the table.")
            .toException();
      }
    }
    return places;
  }

  /**
   * What splits the data.
   *
   * @param columns in the order of the row
   * @param clients the client's encoding
   * @param version the servers' major version
   */
  CopyFeed feed(CopyFeed.Outlet outlet, List<String> columns, String clients, int version)
      throws PgErrorException {
    int[] places = places(columns);
    boolean binary = layout.format() == CopyLayout.Format.BINARY;
    CopyEncoding used = CopyEncoding.of(encoding == null ? clients : encoding);
    return new CopyFeed(
        outlet,
        new CopyPlacement(table, binary, used),
        sink ->
            binary ? new BinaryTuples(places, sink) : new TextLines(layout, places, version, sink));
  }
}
