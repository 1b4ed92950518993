package org.pglynx.proxy.app.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGQUIT ends the process at once, as it ends PgBouncer: no transaction is waited for and no
 * client is told. The JVM keeps the signal for a dump of its threads ({@code jcmd PID Thread.print}
 * has that, too) and lets no Java code take it; so the kernel is told to call {@code _exit}, whose
 * one argument, the exit code, is the number of the signal then: 3.
 */
final class QuitSignal {
  private static final Logger LOG = LoggerFactory.getLogger(QuitSignal.class);
  private static final int SIGQUIT = 3;

  private @Nullable MemorySegment before;

  /** Takes it; where the C library does not offer that, the signal stays the JVM's. */
  synchronized void take() {
    SymbolLookup symbols = Linker.nativeLinker().defaultLookup();
    Optional<MemorySegment> exit = symbols.find("_exit");
    exit.ifPresent(function -> before = handle(function));
  }

  synchronized void giveBack() {
    MemorySegment jvms = before;
    before = null;
    if (jvms != null) {
      handle(jvms);
    }
  }

  /** {@code signal(SIGQUIT, handler)}: what was called before, or null if that cannot be had. */
  private static @Nullable MemorySegment handle(MemorySegment handler) {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> signal = linker.defaultLookup().find("signal");
    if (signal.isEmpty()) {
      return null;
    }
    MethodHandle call =
        linker.downcallHandle(signal.get(), FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
    try {
      return (MemorySegment) call.invokeExact(SIGQUIT, handler);
    } catch (Throwable e) {
      LOG.warn("SIGQUIT stays the JVM's", e);
      return null;
    }
  }
}
