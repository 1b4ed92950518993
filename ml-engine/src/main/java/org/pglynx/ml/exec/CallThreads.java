package org.pglynx.ml.exec;

import java.util.concurrent.ExecutorService;

/** The threads that the calls of one library are made from, one call at a time. */
interface CallThreads {
  /** The one for the next call; may wait a moment for it. */
  ExecutorService next() throws InterruptedException;

  /** The one of the last call. */
  ExecutorService last();

  /** All of them end behind what they still have to do. */
  void shutdown();

  /** The same thread for all calls. */
  record One(ExecutorService only) implements CallThreads {
    @Override
    public ExecutorService next() {
      return only;
    }

    @Override
    public ExecutorService last() {
      return only;
    }

    @Override
    public void shutdown() {
      only.shutdown();
    }
  }
}
