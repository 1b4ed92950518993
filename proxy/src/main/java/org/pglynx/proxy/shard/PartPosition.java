package org.pglynx.proxy.shard;

/** Where a server is among the replies up to the next ReadyForQuery. */
final class PartPosition {
  private int replies;
  private boolean atEnd;
  private boolean atReady;
  private boolean passed;

  /** How many replies that all must give it has given. */
  int replies() {
    return replies;
  }

  /** It has given one. */
  void advance() {
    replies++;
  }

  /** It is at the end of an answer, and waits for the others. */
  void ends() {
    atEnd = true;
  }

  boolean atEnd() {
    return atEnd;
  }

  /** It is at ReadyForQuery, and waits for the others. */
  void ready() {
    atReady = true;
  }

  boolean atReady() {
    return atReady;
  }

  /** What it waits with has gone on for all. */
  void ended() {
    replies++;
    atEnd = false;
    passed = true;
  }

  /** The others are at ReadyForQuery, too: all begins anew. */
  void over() {
    replies = 0;
    atEnd = false;
    atReady = false;
    passed = true;
  }

  /** It takes part in what comes next, whatever it has given before. */
  void begins() {
    replies = 0;
  }

  /** An error has made what it waits with nobody's. */
  void failed() {
    atEnd = false;
  }

  /** Whether the reply in hand has gone on already, once. */
  boolean takePassed() {
    boolean done = passed;
    passed = false;
    return done;
  }

  /** The reply in hand is the one that all have waited for: it is not looked at again. */
  void unheld() {
    passed = false;
  }
}
