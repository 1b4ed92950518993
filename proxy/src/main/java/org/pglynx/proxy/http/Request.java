package org.pglynx.proxy.http;

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
 * @param address of the client
 */
public record Request(
    Method method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    byte[] body,
    String address) {

  /** The header of the name, in small letters. */
  public @Nullable String header(String name) {
    return headers.get(name);
  }
}
