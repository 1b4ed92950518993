package org.pglynx.ml.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What Linux is told about the calling thread, and the threads that it starts: Java's priorities
 * mean nothing to it (they would need a flag of the JVM and, to go up, privileges). Elsewhere, and
 * where the system forbids it, nothing changes.
 */
final class Scheduling {
  /** sched(7): runs where no other thread wants to, and leaves at once when one does. */
  private static final int SCHED_IDLE = 5;

  /** A tenth of what a thread of no niceness gets, where both want the same core. */
  private static final int NICENESS = 10;

  private static final int PRIO_PROCESS = 0;

  private static final @Nullable MethodHandle SET_SCHEDULER =
      handle(
          "sched_setscheduler",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS));
  private static final @Nullable MethodHandle SET_PRIORITY =
      handle(
          "setpriority",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));

  private static final @Nullable MethodHandle THREAD =
      handle("gettid", FunctionDescriptor.of(ValueLayout.JAVA_INT));

  private Scheduling() {}

  /** Finds the system's functions, which takes longer than to call them. */
  static void prepare() {}

  /**
   * From now on the thread runs only where a core would idle. There is no way back without
   * privileges. Not for threads that run Java code for long: the collector waits for them.
   */
  static void idle() {
    if (SET_SCHEDULER == null) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameter = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
      int result = (int) SET_SCHEDULER.invokeExact(0, SCHED_IDLE, parameter);
      if (result != 0) {
        background();
      }
    } catch (Throwable refused) { // what invokeExact declares; the functions throw nothing
      throw new IllegalStateException(refused);
    }
  }

  /** From now on the thread gets less of a core than those that serve. */
  static void background() {
    if (SET_PRIORITY == null) {
      return;
    }
    try {
      // 0 is the calling thread, not its process: setpriority(2), "C library/kernel differences".
      int ignored = (int) SET_PRIORITY.invokeExact(PRIO_PROCESS, 0, NICENESS);
    } catch (Throwable refused) { // what invokeExact declares; the functions throw nothing
      throw new IllegalStateException(refused);
    }
  }

  /** The number by which Linux knows the calling thread; 0 elsewhere. */
  static int thread() {
    if (THREAD == null) {
      return 0;
    }
    try {
      return (int) THREAD.invokeExact();
    } catch (Throwable refused) { // what invokeExact declares; the function throws nothing
      throw new IllegalStateException(refused);
    }
  }

  private static @Nullable MethodHandle handle(String name, FunctionDescriptor type) {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    SymbolLookup symbols = linker.defaultLookup();
    return symbols.find(name).map(symbol -> linker.downcallHandle(symbol, type)).orElse(null);
  }
}
