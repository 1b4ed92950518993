package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unit: which name a mistyped one was meant to be. */
class SpellingTest {
  @ParameterizedTest
  @CsvSource({
    "port,port,0",
    "prot,port,1",
    "pot,port,1",
    "ports,port,1",
    "part,port,1",
    "'',port,4"
  })
  void theDistanceCountsSingleSlipsOfAFinger(String a, String b, int distance) {
    assertThat(Spelling.distance(a, b)).isEqualTo(distance);
    assertThat(Spelling.distance(b, a)).isEqualTo(distance);
  }

  @Test
  void theNearestNameIsSuggested() {
    assertThat(Spelling.nearest("pool_sise", List.of("pool_mode", "pool_size")))
        .contains("pool_size");
  }

  @Test
  void nothingIsSuggestedWhenNothingIsNear() {
    assertThat(Spelling.nearest("workers", List.of("port", "host"))).isEmpty();
  }
}
