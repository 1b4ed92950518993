package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerStatement;
import org.pglynx.proxy.relay.StatementShape;

/**
 * Gives equal statements of all clients of a pool one server-side name: those of equal text and
 * types that return equal columns. Keyed by full equality: a hash alone once made another pooler
 * run the wrong statement. Bounded; a definition that has been forgotten gets a new name, so a name
 * never changes its meaning. Used by all event loops, but only for Parse of named statements.
 */
public final class StatementRegistry {
  /** A definition; of which nobody knows what it returns, if the shape is null. */
  private record Definition(byte[] bytes, int hash, @Nullable StatementShape shape) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Definition that
          && hash == that.hash
          && Arrays.equals(bytes, that.bytes)
          && Objects.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /** A client that never closes what it prepares must not fill the proxy's memory. */
  private static final int PER_CLIENT = 100_000;

  private final int limit;
  private final int perClient;
  private final Map<Definition, ServerStatement> statements;
  private long counter;
  private boolean sharded;
  private volatile int generation;

  /** A registry that remembers at most so many definitions. */
  public StatementRegistry(int limit) {
    this(limit, PER_CLIENT);
  }

  /**
   * The same.
   *
   * @param perClient how many names one client may have
   */
  StatementRegistry(int limit, int perClient) {
    this.limit = limit;
    this.perClient = perClient;
    this.statements =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Definition, ServerStatement> eldest) {
            return size() > StatementRegistry.this.limit;
          }
        };
  }

  /**
   * Says whether the servers are shards, which number the types of their schemas each by itself.
   */
  public synchronized void sharded(boolean are) {
    if (are != sharded) {
      sharded = are;
      statements.clear();
    }
  }

  /** The statements that clients have prepared, the least recently used first. */
  public synchronized List<ServerStatement> all() {
    return List.copyOf(statements.values());
  }

  /** How many names one client may have. */
  int perClient() {
    return perClient;
  }

  /** Which names are in use: a statement of an earlier generation may have an outdated plan. */
  int generation() {
    return generation;
  }

  /**
   * Gives every definition of which nobody knows what it returns a new name when it is used next,
   * as some of the plans behind the present names are outdated. Of many sessions that find it out,
   * the first does it.
   *
   * @param outdated the generation of the statement that has shown it
   */
  synchronized void renew(int outdated) {
    if (outdated == generation) {
      statements.keySet().removeIf(key -> key.shape() == null);
      generation++;
    }
  }

  /** The statement for the body of Parse after the name. */
  synchronized ServerStatement statement(byte[] definition) {
    Definition key = new Definition(definition, Arrays.hashCode(definition), null);
    ServerStatement known = statements.get(key);
    if (known == null) {
      known = fresh(definition);
      statements.put(key, known);
    }
    return known;
  }

  /** A statement under a name that no server knows, for the body of Parse after the name. */
  synchronized ServerStatement fresh(byte[] definition) {
    counter++;
    byte[] name = ("pglynx_" + counter).getBytes(StandardCharsets.US_ASCII);
    return new ServerStatement(name, definition, sharded);
  }

  /** The statement that all share who prepare the same and get the same. */
  synchronized ServerStatement shared(ServerStatement fresh, StatementShape shape) {
    byte[] definition = fresh.definition();
    Definition key = new Definition(definition, Arrays.hashCode(definition), shape);
    ServerStatement known = statements.get(key);
    if (known == null) {
      fresh.agrees(shape);
      statements.put(key, fresh);
      return fresh;
    }
    return known;
  }
}
