package org.pglynx.proxy.dashboard;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.http.Answer;
import org.pglynx.proxy.http.Request;

/** The cookie that a session is known by, and who sends it. */
final class Cookies {
  private static final String PLAIN = "pglynx";

  /** Browsers take a cookie of such a name only from the host itself and over TLS. */
  private static final String SECURE = "__Host-pglynx";

  private Cookies() {}

  /**
   * Whether the browser speaks TLS, with us or, as it says, with what stands in front of us.
   * Whoever lies about that only takes the protection from the own cookie.
   */
  static boolean secure(Request request) {
    return request.encrypted() || "https".equalsIgnoreCase(request.header("x-forwarded-proto"));
  }

  /** The session's id, or an empty one. */
  static String session(Request request) {
    String header = request.header("cookie");
    String prefix = (secure(request) ? SECURE : PLAIN) + "=";
    if (header != null) {
      for (String each : header.split(";")) {
        if (each.strip().startsWith(prefix)) {
          return each.strip().substring(prefix.length());
        }
      }
    }
    return "";
  }

  /** Sets the cookie, or with null takes it away. */
  static Answer with(Answer answer, Request request, @Nullable WebSession session) {
    boolean secure = secure(request);
    return answer.with(
        "Set-Cookie",
        (secure ? SECURE : PLAIN)
            + "="
            + (session == null ? "" : session.id())
            + "; Path=/; HttpOnly; SameSite=Strict"
            + (secure ? "; Secure" : "")
            + (session == null ? "; Max-Age=0" : ""));
  }

  /** Who the rules about clients are asked about. */
  static Guest guest(Request request) {
    InetAddress address =
        request.peer() instanceof InetSocketAddress peer
            ? peer.getAddress()
            : InetAddress.getLoopbackAddress();
    return new Guest(address, request.encrypted(), secure(request) || address.isLoopbackAddress());
  }
}
