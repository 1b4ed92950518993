package org.pglynx.proxy.session;

/** Takes the statements of traces. */
public interface TraceSink {
  /** Takes none. */
  TraceSink NONE =
      new TraceSink() {
        @Override
        public boolean wanted() {
          return false;
        }

        @Override
        public void take(TracedStatement statement) {
          // Nobody wants it.
        }
      };

  /** Whether sessions are to look for traces. */
  boolean wanted();

  /** Takes a statement. Any thread; does not wait. */
  void take(TracedStatement statement);
}
