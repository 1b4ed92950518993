package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.pglynx.proxy.http.Method;

/**
 * One request that the API answers. The document of the API is made of these, and requests are
 * checked by them: so one cannot say what the other does not do.
 *
 * @param summary what it does, for the document
 * @param access who may ask
 * @param parameters of the query of a GET, of the body of a POST
 * @param lane whose places it takes one of
 * @param action answers
 */
record Endpoint(
    Method method,
    String path,
    String summary,
    Access access,
    List<Parameter> parameters,
    Lane lane,
    Action action) {

  /** Who may ask. */
  enum Access {
    /** Anybody. */
    ANYBODY,
    /** Who has logged in, wherever. */
    SOMEBODY,
    /** Who has logged in to the console. */
    CONSOLE,
    /** Who has logged in to a database. */
    DATABASE
  }

  /**
   * Requests that wait for each other's places and for no others': what takes long must not keep
   * out what ends it.
   */
  enum Lane {
    /** Answered soon. */
    USUAL(32, "too many requests at a time"),
    /** Statements that somebody types, which may take minutes. */
    STATEMENTS(16, "too many statements at a time"),
    /** What cancels or logs out, and waits for no answer of a server. */
    ENDINGS(32, "too many requests at a time");

    private final int places;
    private final String refusal;

    Lane(int places, String refusal) {
      this.places = places;
      this.refusal = refusal;
    }

    /** Requests at a time; each has a thread that waits for the proxy. */
    int places() {
      return places;
    }

    /** What one too many is told. */
    String refusal() {
      return refusal;
    }
  }

  /** Answers; may block. */
  @FunctionalInterface
  interface Action {
    JsonNode answer(Call call) throws FaultException, IOException;
  }

  static Endpoint get(
      String path, String summary, Access access, List<Parameter> query, Action action) {
    return new Endpoint(Method.GET, path, summary, access, query, Lane.USUAL, action);
  }

  static Endpoint post(
      String path, String summary, Access access, List<Parameter> body, Action action) {
    return new Endpoint(Method.POST, path, summary, access, body, Lane.USUAL, action);
  }

  /** The same with places of other ones. */
  Endpoint in(Lane other) {
    return new Endpoint(method, path, summary, access, parameters, other, action);
  }
}
