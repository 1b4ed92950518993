package org.pglynx.ml.linear;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.catalog.ModelCodec;
import org.pglynx.ml.linear.WeightedSums.Case;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ProgressListener;

class ConcurrentFitsTest {
  private static final FitContext CONTEXT =
      new FitContext(3, 1, CancelToken.NEVER, ProgressListener.NONE);

  @Test
  void the_same_seed_gives_the_same_bytes_while_others_train() throws Exception {
    List<byte[]> alone = WeightedSums.cases().map(ConcurrentFitsTest::bytes).toList();
    List<Future<byte[]>> together = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 2; round++) {
        WeightedSums.cases().forEach(c -> together.add(threads.submit(() -> bytes(c))));
      }
    }

    for (int i = 0; i < together.size(); i++) {
      assertThat(together.get(i).get()).isEqualTo(alone.get(i % alone.size()));
    }
  }

  private static byte[] bytes(Case of) {
    float[][] x = WeightedSums.random(300, 6, 1);
    return new ModelCodec(1 << 20)
        .encode(
            of.algorithm()
                .fit(
                    WeightedSums.table(of, x, WeightedSums.labels(of, x, 3)),
                    Map.copyOf(of.hyperparams()),
                    CONTEXT));
  }
}
