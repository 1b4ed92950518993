package org.pglynx.proxy.app;

import java.security.Security;
import org.pglynx.proxy.app.cli.PglynxCommand;
import org.pglynx.proxy.app.cli.ProxyLauncher;

/** The program {@code pglynx}. */
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    System.exit(run(new ProxyServerLauncher(), arguments));
  }

  /** Runs a command with proxies of this launcher; its exit code. */
  public static int run(ProxyLauncher launcher, String... arguments) {
    // The proxy remembers addresses for dns_max_ttl itself; Java's memory of 30 s would come on
    // top.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    return PglynxCommand.commandLine(launcher).execute(PglynxCommand.withCommand(arguments));
  }
}
