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

    /** Nobody is there, or it starts or stops. */
    record Refused(String why) implements Answer {}

    /** No answer in time, or the connection was lost. */
    record Silent(String why) implements Answer {}
  }
}
