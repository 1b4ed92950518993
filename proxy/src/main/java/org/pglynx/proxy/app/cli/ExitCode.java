package org.pglynx.proxy.app.cli;

/** Exit codes of BSD's sysexits.h, as far as they are used. */
public final class ExitCode {
  /** All went well. */
  public static final int OK = 0;

  /** EX_USAGE: the command line is wrong. */
  public static final int USAGE = 64;

  /** EX_UNAVAILABLE: something that is needed is not there, such as the port. */
  public static final int UNAVAILABLE = 69;

  /** EX_SOFTWARE: a fault of ours. */
  public static final int SOFTWARE = 70;

  /** EX_NOPERM: somebody who is needed refuses. */
  public static final int NO_PERMISSION = 77;

  /** EX_CONFIG: the configuration is wrong. */
  public static final int CONFIG = 78;

  private ExitCode() {}
}
