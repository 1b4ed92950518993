package org.pglynx.proxy.relay;

import java.util.List;

/**
 * What a server that joins a transaction must be given ahead.
 *
 * @param before the client's parameters when the transaction began
 * @param texts what has shaped it since, from its BEGIN on: bodies of Parse behind the name
 * @param after the client's parameters now
 * @param own whether the transaction is the proxy's own: of a batch that the client has in none
 */
public record History(ParameterSet before, List<byte[]> texts, ParameterSet after, boolean own) {
  /** Copies the list. */
  public History {
    texts = List.copyOf(texts);
  }
}
