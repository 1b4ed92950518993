package org.pglynx.proxy.ml;

/** How a prediction is served. */
enum Way {
  /** Without any server. */
  ANSWERED("answered", "is answered in the proxy"),
  /** Row by row, on the way to the client. */
  STREAMED("streamed", "is computed in the proxy while rows stream through it"),
  /** As streamed, of which the first rows are kept. */
  TOP("top", "orders rows in the proxy, which keeps the first ones"),
  /** By the server. */
  DATABASE("database", "is computed by the database's own function");

  private final String word;
  private final String text;

  Way(String word, String text) {
    this.word = word;
    this.text = text;
  }

  /** The word of SHOW PREDICTIONS. */
  String word() {
    return word;
  }

  /** What EXPLAIN says of a call. */
  String text() {
    return text;
  }
}
