package org.pglynx.ml.boost;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Tells GNU's OpenMP, which both native libraries compute with, how long a thread that waits for
 * the others spins. By itself it spins for milliseconds, which is right where the cores are its
 * own; here the other thread may have lost its core to a session, and cannot be moved to the one on
 * which this one spins (ADR 0350). It reads its settings from the process's environment once, as it
 * is loaded.
 */
final class OpenMp {
  /** About the time that it takes to wake a thread. */
  private static final String SPINS = "5000";

  private static final String NAME = "GOMP_SPINCOUNT";

  /** Of setenv(3): a value that is there stays. */
  private static final int KEEP = 0;

  private static boolean prepared;

  private OpenMp() {}

  /** To be called before a library is loaded; what the operator has set stays. */
  static synchronized void prepare() {
    if (!prepared && System.getenv("OMP_WAIT_POLICY") == null) {
      Linker linker = Linker.nativeLinker();
      linker.defaultLookup().find("setenv").ifPresent(setenv -> set(linker, setenv));
    }
    prepared = true;
  }

  private static void set(Linker linker, MemorySegment setenv) {
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
    MethodHandle call = linker.downcallHandle(setenv, type);
    try (Arena arena = Arena.ofConfined()) {
      int ignored =
          (int) call.invokeExact(arena.allocateFrom(NAME), arena.allocateFrom(SPINS), KEEP);
    } catch (Throwable refused) { // what invokeExact declares; the function throws nothing
      throw new IllegalStateException(refused);
    }
  }
}
