package org.pglynx.proxy.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer.
 *
 * @param status of HTTP
 * @param type of the content
 * @param headers further ones
 * @param body the content
 */
public record Answer(int status, String type, Map<String, String> headers, byte[] body) {
  private static final String PLAIN = "text/plain; charset=utf-8";

  /** Copies the headers. */
  public Answer {
    headers = Map.copyOf(headers);
  }

  /** Text of some type. */
  public static Answer of(int status, String type, String body) {
    return new Answer(status, type, Map.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  /** Plain text. */
  public static Answer text(int status, String body) {
    return of(status, PLAIN, body);
  }

  /** The same with one more header. */
  public Answer with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Answer(status, type, more, body);
  }
}
