package org.pglynx.ml.boost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Test;

class OpenMpTest {
  @Test
  void a_library_that_is_loaded_afterwards_is_told_to_spin_for_moments_only() throws Throwable {
    assumeThat(System.getenv("OMP_WAIT_POLICY")).isNull();
    assumeThat(System.getenv("GOMP_SPINCOUNT")).isNull();

    OpenMp.prepare();

    assertThat(inEnvironment("GOMP_SPINCOUNT")).isEqualTo("5000");
  }

  /** What native code sees; Java has a copy of its own. */
  private static String inEnvironment(String name) throws Throwable {
    Linker linker = Linker.nativeLinker();
    MethodHandle getenv =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("getenv"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = (MemorySegment) getenv.invokeExact(arena.allocateFrom(name));
      return value.address() == 0 ? "" : value.reinterpret(Long.MAX_VALUE).getString(0);
    }
  }
}
