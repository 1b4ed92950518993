package org.pglynx.demo;

import org.pglynx.proxy.app.cli.CommandContribution;
import org.pglynx.proxy.app.cli.ProxyLauncher;

/** Adds {@code demo} to the command line. */
public final class DemoContribution implements CommandContribution {
  @Override
  public Object command(ProxyLauncher launcher) {
    return new DemoCommand(launcher);
  }
}
