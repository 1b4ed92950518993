package org.pglynx.proxy.cluster;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.pglynx.proxy.backend.BackendTarget;

/** Asks servers how they are. */
interface Prober {
  /** Asks one; completes soon, whatever the server does. */
  CompletionStage<Answer> ask(int host);

  /** Whether anybody can ask. */
  boolean ready();

  /** The user of the servers may be asked for, too: its login to each of them. */
  default void mayBe(Object user, List<BackendTarget> login) {
    // One that needs no login asks without.
  }

  /** The user's servers are others now; one that nobody has taken the place of may go on asking. */
  default void isGone(Object user) {
    // One that needs no login asks without.
  }

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
