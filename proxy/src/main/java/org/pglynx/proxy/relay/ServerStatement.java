package org.pglynx.proxy.relay;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement under the name that server connections know it by. Equal texts and parameter
 * types that return equal columns share one, whoever prepared them, so that a pool plans each once
 * per connection. Used by all event loops.
 */
public final class ServerStatement {
  private final byte[] name;
  private final byte[] definition;
  private volatile @Nullable StatementShape shape;

  /**
   * A statement.
   *
   * @param name the server-side name, without the closing zero
   * @param definition the body of Parse after the name: text, zero, count and types
   */
  public ServerStatement(byte[] name, byte[] definition) {
    this.name = name;
    this.definition = definition;
  }

  /** The server-side name, without the closing zero. Not to be changed. */
  public byte[] name() {
    return name;
  }

  /** The body of Parse after the name. Not to be changed. */
  public byte[] definition() {
    return definition;
  }

  /** The statement's text. */
  public String query() {
    int end = 0;
    while (definition[end] != 0) {
      end++;
    }
    return new String(definition, 0, end, StandardCharsets.UTF_8);
  }

  /**
   * The body of Parse for one more connection. The parameters have the types that they had on the
   * first one, or a client would send values of other types than the server takes.
   */
  public byte[] parseBody() {
    StatementShape known = shape;
    if (known == null || known.parameters().length <= Short.BYTES) {
      return definition;
    }
    int text = 0;
    while (definition[text] != 0) {
      text++;
    }
    byte[] types = known.parameters();
    byte[] body = Arrays.copyOf(definition, text + 1 + types.length);
    System.arraycopy(types, 0, body, text + 1, types.length);
    return body;
  }

  /** What it takes and returns, if a server has told so. */
  public @Nullable StatementShape shape() {
    return shape;
  }

  /** Whether a server has described it as before; the first description is what it is from then. */
  public synchronized boolean agrees(StatementShape described) {
    StatementShape known = shape;
    if (known == null) {
      shape = described;
      return true;
    }
    return known.equals(described);
  }

  /** Whether the definition is the given one. */
  public boolean defines(byte[] other) {
    return Arrays.equals(definition, other);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof ServerStatement statement && Arrays.equals(name, statement.name));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(name);
  }
}
