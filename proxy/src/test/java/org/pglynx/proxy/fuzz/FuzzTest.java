package org.pglynx.proxy.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every input that has found a defect finds none any more, and some hundred by chance. The search
 * itself: {@link FuzzMain}.
 */
class FuzzTest {
  private static final int RANDOM_INPUTS = 500;

  /** The same inputs in every build. */
  private static final long SEED = 20_261_126;

  static List<Target> targets() {
    return Target.all();
  }

  static Stream<Arguments> inputs() {
    return Target.all().stream()
        .flatMap(target ->
            Corpus.inputs(target).stream()
                .map(file -> Arguments.of(target, file.getFileName().toString(), file)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("inputs")
  @Timeout(20)
  void an_input_that_found_something_finds_nothing_any_more(Target target, String name, Path file)
      throws IOException {
    target.run().accept(Files.readAllBytes(file));
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Timeout(value = 300, unit = TimeUnit.SECONDS)
  void what_a_long_search_has_reached_finds_nothing(Target target) {
    for (byte[] input : Corpus.reached(target)) {
      try {
        target.run().accept(input);
      } catch (RuntimeException | Error e) {
        throw new AssertionError(target + " fails with " + HexFormat.of().formatHex(input), e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void random_inputs_find_nothing(Target target) {
    RandomRun run = new RandomRun(target, Long.getLong("fuzz.seed", SEED));
    for (int i = 0; i < RANDOM_INPUTS; i++) {
      run.once();
    }
  }
}
