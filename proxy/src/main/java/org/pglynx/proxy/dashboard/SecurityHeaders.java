package org.pglynx.proxy.dashboard;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pglynx.proxy.http.Answer;
import org.pglynx.proxy.http.Request;

/** What browsers are told not to do with an answer. */
final class SecurityHeaders {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final Map<String, String> ALWAYS =
      Map.of(
          "Content-Security-Policy", POLICY,
          "X-Frame-Options", "DENY",
          "Referrer-Policy", "no-referrer",
          "Cross-Origin-Opener-Policy", "same-origin",
          "Cross-Origin-Resource-Policy", "same-origin",
          "Permissions-Policy", "camera=(), geolocation=(), microphone=()");

  private SecurityHeaders() {}

  static Answer on(Request request, Answer answer) {
    Map<String, String> headers = new LinkedHashMap<>(ALWAYS);
    if (request.encrypted()) {
      headers.put("Strict-Transport-Security", "max-age=31536000");
    }
    headers.putAll(answer.headers());
    return new Answer(answer.status(), answer.type(), headers, answer.body());
  }
}
