package org.pglynx.ml.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Against {@code numpy.random.RandomState(7)} of NumPy 1.24. */
class NumpyRandomTest {
  @Test
  void draws_are_those_of_numpy() {
    NumpyRandom random = new NumpyRandom(7);

    assertThat(random.nextInt(1, Integer.MAX_VALUE)).isEqualTo(327741616);
    assertThat(random.nextInt(1, Integer.MAX_VALUE)).isEqualTo(976413893);
    assertThat(random.nextInt(Integer.MAX_VALUE)).isEqualTo(1202242073);
    assertThat(random.nextInt(Integer.MAX_VALUE)).isEqualTo(1369975286);
    assertThat(random.nextInt(Integer.MAX_VALUE)).isEqualTo(1882953283);
    assertThat(random.permutation(10)).containsExactly(9, 6, 2, 5, 0, 1, 4, 8, 7, 3);
    assertThat(random.nextDouble()).isEqualTo(0.26843898010187117);
    assertThat(random.nextInt(5)).isEqualTo(4);
  }
}
