package org.pglynx.proxy.relay;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * A blocking conversation with one server connection, for the proxy's own threads; used by one
 * thread at a time. An error of the server leaves the conversation usable (inside a transaction as
 * failed as Postgres leaves it). Interrupting the thread cancels the running statement and ends in
 * {@link InterruptedException}.
 */
public interface SqlSession extends AutoCloseable {
  /**
   * Runs one statement with {@code $n} parameters through the extended protocol.
   *
   * @param parameters String for a value in text form, byte[] for a bytea, null for NULL
   * @return all rows, values in text form
   */
  SqlResult query(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException;

  /**
   * As {@link #query}, of what all servers know alike: asks one of them, always the same. Where
   * there are several, {@link #query} runs a statement on each, and gives the first one's answer.
   */
  default SqlResult one(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    return query(sql, parameters);
  }

  /** As {@link #query}; gives the answer of each server. */
  default List<SqlResult> queryEach(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    return List.of(query(sql, parameters));
  }

  /**
   * As {@link #query}, of a statement that gives something a number of a sequence, and tells it in
   * the first column: it is the same on all servers. Only inside a transaction.
   */
  default SqlResult numbered(String sql, @Nullable Object... parameters)
      throws PgErrorException, InterruptedException {
    return query(sql, parameters);
  }

  /** How many servers statements are run on. */
  default int servers() {
    return 1;
  }

  /**
   * Runs a {@code COPY … TO STDOUT (FORMAT binary)} on all servers that have rows of the relation;
   * the sink gets one stream.
   *
   * @param relation as FROM names it
   */
  default void copyRows(String relation, String sql, CopySink sink)
      throws PgErrorException, InterruptedException {
    copyOut(sql, sink);
  }

  /**
   * Runs {@code COPY … TO STDOUT} and hands every CopyData body, in order, to the sink on the
   * calling thread; the server is read no faster than the sink takes it.
   *
   * @return the command tag, such as {@code COPY 442}
   */
  String copyOut(String sql, CopySink sink) throws PgErrorException, InterruptedException;

  /** Runs {@code COPY … FROM STDIN} with the chunks that the source gives until it gives null. */
  String copyIn(String sql, CopySource source) throws PgErrorException, InterruptedException;

  /** Whether the connection is the caller's own, inside the caller's transaction. */
  boolean callersTransaction();

  /** Gives the connection back; rolls back what was begun here and not ended. Never throws. */
  @Override
  void close();

  /** Takes CopyData bodies. */
  interface CopySink {
    /** One CopyData body, from reader index to writer index; valid until the method returns. */
    void accept(ByteBuf body) throws PgErrorException;
  }

  /** Gives CopyData bodies. */
  interface CopySource {
    /** The next chunk, or null at the end. */
    byte @Nullable [] next();
  }

  /**
   * A result in text form.
   *
   * @param columns the columns' names
   * @param types the columns' type OIDs
   * @param rows the rows; an element is null for NULL
   * @param commandTag such as {@code SELECT 1}
   */
  record SqlResult(
      List<String> columns, List<Integer> types, List<@Nullable String[]> rows, String commandTag) {
    /** The single value of a result of one row, or null if there is no row or it is NULL. */
    public @Nullable String value() {
      return rows.isEmpty() ? null : rows.get(0)[0];
    }
  }
}
