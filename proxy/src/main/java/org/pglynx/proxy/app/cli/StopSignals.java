package org.pglynx.proxy.app.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGTERM and SIGINT: the first lets transactions end, the second does not. SIGHUP: the
 * configuration is read again. A shutdown hook cannot do that: while hooks run, the JVM takes no
 * notice of further signals.
 */
final class StopSignals implements AutoCloseable {
  private static final List<String> NAMES = List.of("TERM", "INT");

  private final Map<Signal, SignalHandler> before = new LinkedHashMap<>();
  private final AtomicInteger received = new AtomicInteger();
  private final Runnable first;
  private final Runnable further;

  private StopSignals(Runnable first, Runnable further) {
    this.first = first;
    this.further = further;
  }

  /** Takes the signals until it is closed. Both actions run on threads of their own. */
  static StopSignals taking(Runnable first, Runnable further, Runnable reload) {
    StopSignals taking = new StopSignals(first, further);
    for (String name : NAMES) {
      Signal signal = new Signal(name);
      taking.before.put(signal, Signal.handle(signal, taking::received));
    }
    Signal hangUp = new Signal("HUP");
    taking.before.put(hangUp, Signal.handle(hangUp, signal -> reload.run()));
    return taking;
  }

  private void received(Signal signal) {
    boolean again = received.getAndIncrement() > 0;
    Thread.ofPlatform().name("pglynx-stop-" + signal.getName()).start(again ? further : first);
  }

  @Override
  public void close() {
    before.forEach(Signal::handle);
  }
}
