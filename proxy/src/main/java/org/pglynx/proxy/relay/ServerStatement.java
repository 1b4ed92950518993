package org.pglynx.proxy.relay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement under the name that server connections know it by. Equal texts and parameter
 * types share one, whoever prepared them, so that a pool prepares each text once per connection.
 */
public final class ServerStatement {
  private final byte[] name;
  private final byte[] definition;

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
