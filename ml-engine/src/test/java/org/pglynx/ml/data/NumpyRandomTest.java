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

  @Test
  void samples_are_those_of_scikit_learn() {
    assertThat(new NumpyRandom(3).sample(442, 11))
        .containsExactly(229, 27, 243, 157, 144, 88, 306, 159, 66, 124, 80);
    assertThat(new NumpyRandom(3).sample(442, 3)).containsExactly(362, 152, 249);
    assertThat(new NumpyRandom(3).sample(10000, 11))
        .containsExactly(5994, 1688, 9859, 9160, 6400, 8981, 2707, 7161, 1705, 7818, 7061);
    assertThat(new NumpyRandom(3).sample(4, 4)).containsExactly(0, 1, 2, 3);
  }
}
