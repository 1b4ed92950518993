package org.pglynx.proxy.http;

import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A whole request.
 *
 * @param method what it wants
 * @param path decoded, without the query
 * @param query its parameters
 * @param headers by their names in small letters; of one that is there twice the last
 * @param body empty if there is none
 * @param peer the client's end of the connection
 * @param encrypted whether it came over TLS
 */
public record Request(
    Method method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    byte[] body,
    SocketAddress peer,
    boolean encrypted) {

  /** The header of the name, in small letters. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
