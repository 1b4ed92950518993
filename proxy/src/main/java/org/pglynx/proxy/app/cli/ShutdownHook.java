package org.pglynx.proxy.app.cli;

/** Closes something when the JVM is told to stop, as by SIGTERM or Ctrl-C. */
public final class ShutdownHook implements AutoCloseable {
  private final Thread thread;

  private ShutdownHook(Thread thread) {
    this.thread = thread;
  }

  /**
   * Registers the hook; closing the hook takes it back.
   *
   * @param closed what to close on the way down; its faults are printed, as nobody can catch them
   */
  public static ShutdownHook closing(AutoCloseable closed) {
    Thread thread =
        new Thread(
            () -> {
              try {
                closed.close();
              } catch (Exception e) {
                System.err.println("stopping failed: " + e);
              }
            },
            "pglynx-shutdown");
    Runtime.getRuntime().addShutdownHook(thread);
    return new ShutdownHook(thread);
  }

  /** Takes the hook back; it stays when the JVM is already on the way down. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException _) {
      // The JVM is stopping: the hook is running, which is what it is for.
    }
  }
}
