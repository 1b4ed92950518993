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
 * @param action answers
 */
record Endpoint(
    Method method,
    String path,
    String summary,
    Access access,
    List<Parameter> parameters,
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

  /** Answers; may block. */
  @FunctionalInterface
  interface Action {
    JsonNode answer(Call call) throws FaultException, IOException;
  }

  static Endpoint get(
      String path, String summary, Access access, List<Parameter> query, Action action) {
    return new Endpoint(Method.GET, path, summary, access, query, action);
  }

  static Endpoint post(
      String path, String summary, Access access, List<Parameter> body, Action action) {
    return new Endpoint(Method.POST, path, summary, access, body, action);
  }
}
