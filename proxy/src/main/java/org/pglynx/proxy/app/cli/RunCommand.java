package org.pglynx.proxy.app.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pglynx.proxy.app.FileSource;
import org.pglynx.proxy.app.cli.ProxyLauncher.RunningProxy;
import org.pglynx.proxy.config.ConfigException;
import org.pglynx.proxy.config.ConfigFile;
import org.pglynx.proxy.config.GeneralConfig;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.http.HttpUnavailableException;
import org.pglynx.proxy.reload.ConfigSource;
import org.pglynx.proxy.transport.TlsFileException;
import org.pglynx.proxy.transport.TransportUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pglynx run FILE}: serves until a signal stops it. */
@Command(
    name = "run",
    description =
        "Start the proxy. SIGTERM or Ctrl-C stops it when the transactions under way have ended, a"
            + " second one at once, as SIGQUIT does. SIGHUP reads the configuration again, SIGUSR1"
            + " pauses all pools, SIGUSR2 lets them go on.",
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCode.USAGE,
    exitCodeOnExecutionException = ExitCode.SOFTWARE,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped, also by SIGTERM or SIGINT",
      "69:cannot listen on the configured address, or not with the configured transport or keys",
      "78:the file has faults"
    })
final class RunCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  private final ProxyLauncher launcher;
  private final ServiceManager systemd = new ServiceManager(System.getenv("NOTIFY_SOCKET"));

  @Parameters(paramLabel = "FILE", description = "Configuration in TOML, or a pgbouncer.ini.")
  private Path file = Path.of("");

  @Spec private CommandSpec spec = CommandSpec.create();

  RunCommand(ProxyLauncher launcher) {
    this.launcher = launcher;
  }

  @Override
  public Integer call() {
    try {
      ConfigFile read = new ConfigFile(file, System.getenv());
      ProxyConfig config = read.load();
      config.notices().forEach(notice -> LOG.info("{}", notice));
      return serve(config, read);
    } catch (ConfigException e) {
      e.faults().forEach(spec.commandLine().getErr()::println);
      return ExitCode.CONFIG;
    }
  }

  private int serve(ProxyConfig config, ConfigFile read) {
    Optional<RunningProxy> started = start(config, new FileSource(read));
    if (started.isEmpty()) {
      return ExitCode.UNAVAILABLE;
    }
    try (RunningProxy proxy = started.get();
        ShutdownHook _ = ShutdownHook.closing(proxy);
        Signals _ = Signals.taking(proxy, systemd)) {
      LOG.info(
          "pglynx {} listens on {}:{}, pools {}",
          ProductVersion.text(),
          config.general().host(),
          proxy.port(),
          config.pools().keySet());
      systemd.tell(ServiceManager.READY);
      proxy.awaitClosed();
    }
    return ExitCode.OK;
  }

  private Optional<RunningProxy> start(ProxyConfig config, ConfigSource source) {
    try {
      return Optional.of(launcher.start(config, source));
    } catch (TransportUnavailableException | TlsFileException | HttpUnavailableException e) {
      spec.commandLine().getErr().println(e.getMessage());
      return Optional.empty();
    } catch (RuntimeException e) {
      String cause = ListenFailure.reason(e).orElseThrow(() -> e);
      GeneralConfig general = config.general();
      spec.commandLine()
          .getErr()
          .printf("cannot listen on %s:%d: %s%n", general.host(), general.port(), cause);
      return Optional.empty();
    }
  }
}
