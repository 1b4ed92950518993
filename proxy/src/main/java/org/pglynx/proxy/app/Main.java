package org.pglynx.proxy.app;

import org.pglynx.proxy.app.cli.PglynxCommand;

/** The program {@code pglynx}. */
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(PglynxCommand.commandLine(new ProxyServerLauncher()).execute(arguments));
  }
}
