package org.pglynx.proxy.session;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerStatement;

/**
 * Gives equal statements of all clients of a pool one server-side name. Keyed by full equality: a
 * hash alone once made another pooler run the wrong statement. Bounded; a definition that has been
 * forgotten gets a new name, so a name never changes its meaning. Used by all event loops, but only
 * for Parse of named statements.
 */
public final class StatementRegistry {
  private record Definition(byte[] bytes, int hash) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Definition that
          && hash == that.hash
          && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final int limit;
  private final Map<Definition, ServerStatement> statements;
  private long counter;
  private volatile int generation;

  /** A registry that remembers at most so many definitions. */
  public StatementRegistry(int limit) {
    this.limit = limit;
    this.statements =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Definition, ServerStatement> eldest) {
            return size() > StatementRegistry.this.limit;
          }
        };
  }

  /** Which names are in use: a statement of an earlier generation may have an outdated plan. */
  int generation() {
    return generation;
  }

  /**
   * Gives every definition a new name when it is used next, as some of the plans behind the present
   * names are outdated. Of many sessions that find it out, the first does it.
   *
   * @param outdated the generation of the statement that has shown it
   */
  synchronized void renew(int outdated) {
    if (outdated == generation) {
      statements.clear();
      generation++;
    }
  }

  /** The statement for the body of Parse after the name. */
  synchronized ServerStatement statement(byte[] definition) {
    Definition key = new Definition(definition, Arrays.hashCode(definition));
    ServerStatement known = statements.get(key);
    if (known == null) {
      counter++;
      byte[] name = ("pglynx_" + counter).getBytes(StandardCharsets.US_ASCII);
      known = new ServerStatement(name, definition);
      statements.put(key, known);
    }
    return known;
  }
}
