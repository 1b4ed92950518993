package org.pglynx.proxy.relay;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.Oid;

/**
 * A prepared statement under the name that server connections know it by. Equal texts and parameter
 * types that return equal columns share one, whoever prepared them, so that a pool plans each once
 * per connection. Used by all event loops.
 */
public final class ServerStatement {
  private final byte[] name;
  private final byte[] definition;
  private final boolean sharded;
  private volatile @Nullable StatementShape shape;

  /**
   * A statement.
   *
   * @param name the server-side name, without the closing zero
   * @param definition the body of Parse after the name: text, zero, count and types
   */
  public ServerStatement(byte[] name, byte[] definition) {
    this(name, definition, false);
  }

  /**
   * The same.
   *
   * @param sharded whether its servers have other numbers for the same types of a schema
   */
  public ServerStatement(byte[] name, byte[] definition, boolean sharded) {
    this.name = name;
    this.definition = definition;
    this.sharded = sharded;
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
    return new String(definition, 0, textLength(), StandardCharsets.UTF_8);
  }

  private int textLength() {
    int end = 0;
    while (definition[end] != 0) {
      end++;
    }
    return end;
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
    int types = textLength() + 1;
    byte[] told = known.parameters();
    byte[] body = Arrays.copyOf(definition, types + told.length);
    System.arraycopy(told, 0, body, types, told.length);
    if (sharded) {
      leaveToServer(ByteBuffer.wrap(body), types + Short.BYTES);
    }
    return body;
  }

  /** Types of a schema are as the client has said, or what the server infers from the text. */
  private void leaveToServer(ByteBuffer body, int first) {
    for (int at = first; at < body.capacity(); at += Integer.BYTES) {
      if (Oid.ofSchema(body.getInt(at))) {
        boolean said = at + Integer.BYTES <= definition.length;
        body.putInt(at, said ? ByteBuffer.wrap(definition).getInt(at) : 0);
      }
    }
  }

  /** What it takes and returns, if a server has told so. */
  public @Nullable StatementShape shape() {
    return shape;
  }

  /**
   * Whether a server has described it as before; the first description is what it is from then.
   * Over shards any type of a schema is taken for the same as another: only their numbers are told.
   */
  public synchronized boolean agrees(StatementShape described) {
    StatementShape known = shape;
    if (known == null) {
      shape = described;
      return true;
    }
    return known.equals(described) || (sharded && known.anywhere().equals(described.anywhere()));
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
