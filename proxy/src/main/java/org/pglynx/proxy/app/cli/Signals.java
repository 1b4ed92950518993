package org.pglynx.proxy.app.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.pglynx.proxy.app.cli.ProxyLauncher.RunningProxy;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What signals do to a running proxy, by PgBouncer's names:
 *
 * <ul>
 *   <li>SIGTERM, SIGINT: the first lets transactions end, the second does not. A shutdown hook
 *       cannot do that: while hooks run, the JVM takes no notice of further signals.
 *   <li>SIGHUP: the configuration is read again.
 *   <li>SIGUSR1: all pools are paused; SIGUSR2: they go on. The JVM itself uses SIGUSR2 to sample
 *       threads for its flight recorder, unless {@code _JAVA_SR_SIGNUM} names another, which the
 *       launchers set.
 *   <li>SIGQUIT: the process ends at once, see {@link QuitSignal}.
 * </ul>
 */
final class Signals implements AutoCloseable {
  private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();
  private final AtomicInteger stops = new AtomicInteger();
  private final RunningProxy proxy;
  private final ServiceManager systemd;
  private final QuitSignal quit = new QuitSignal();

  private Signals(RunningProxy proxy, ServiceManager systemd) {
    this.proxy = proxy;
    this.systemd = systemd;
  }

  /**
   * Takes the signals until it is closed. What they ask for is done on threads of its own.
   *
   * @param systemd is told what begins
   */
  static Signals taking(RunningProxy proxy, ServiceManager systemd) {
    Signals taking = new Signals(proxy, systemd);
    taking.take("TERM", taking::stop);
    taking.take("INT", taking::stop);
    taking.take("HUP", taking::reload);
    taking.take("USR1", proxy::pause);
    taking.take("USR2", proxy::resume);
    taking.quit.take();
    return taking;
  }

  private void take(String name, Runnable action) {
    Signal signal = new Signal(name);
    before.put(
        signal,
        Signal.handle(
            signal, received -> Thread.ofPlatform().name("pglynx-signal-" + name).start(action)));
  }

  private void reload() {
    systemd.tell(ServiceManager.reloading());
    CompletionStage<?> _ =
        proxy.reload().whenComplete((done, failure) -> systemd.tell(ServiceManager.READY));
  }

  private void stop() {
    if (stops.getAndIncrement() == 0) {
      systemd.tell(ServiceManager.STOPPING);
      proxy.drain();
    } else {
      proxy.close();
    }
  }

  @Override
  public void close() {
    before.forEach(Signal::handle);
    quit.giveBack();
  }
}
