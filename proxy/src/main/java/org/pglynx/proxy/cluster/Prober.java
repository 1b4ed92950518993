package org.pglynx.proxy.cluster;

import java.util.concurrent.CompletionStage;

/** Asks servers how they are. */
interface Prober {
  /** Asks one; completes soon, whatever the server does. */
  CompletionStage<Answer> ask(int host);

  /** Whether anybody can ask. */
  boolean ready();

  /** Ends. */
  void close();

  /** What came of a question. */
  sealed interface Answer {
    /** It has answered. */
    record Facts(ServerFacts facts) implements Answer {}

    /** It is there, but lets nobody in who asks, or does not understand the question. */
    record Alive(String why) implements Answer {}

    /** It does not answer. */
    record None(Failing how, String why) implements Answer {}

    /** The proxy itself has ended the question, which so tells nothing of the server. */
    record Dropped() implements Answer {}
  }
}
