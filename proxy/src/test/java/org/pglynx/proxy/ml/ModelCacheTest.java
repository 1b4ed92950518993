package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.wire.PgErrorException;

class ModelCacheTest {
  private final ModelCache cache = new ModelCache(250);

  @Test
  void loads_once_however_many_wait() throws Exception {
    AtomicInteger loads = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<LoadedModel>> all =
          java.util.stream.IntStream.range(0, 20)
              .mapToObj(i ->
                  threads.submit(() ->
                      cache.load(
                          key(1),
                          () -> {
                            loads.incrementAndGet();
                            go.await();
                            return model(1);
                          })))
              .toList();
      go.countDown();
      for (Future<LoadedModel> one : all) {
        assertThat(one.get()).isSameAs(all.get(0).get());
      }
    }
    assertThat(loads).hasValue(1);
  }

  @Test
  void a_failed_load_is_tried_again() throws Exception {
    assertThatThrownBy(() ->
            cache.load(
                key(1),
                () -> {
                  throw PredictionErrors.noStoredModel(1).toException();
                }))
        .isInstanceOf(PgErrorException.class);

    assertThat(cache.load(key(1), () -> model(1)).key()).isEqualTo(key(1));
  }

  @Test
  void stays_within_its_bytes_and_keeps_what_was_used_last() throws Exception {
    cache.load(key(1), () -> model(1));
    cache.load(key(2), () -> model(2));
    assertThat(cache.loaded(key(1))).isNotNull();

    cache.load(key(3), () -> model(3));

    assertThat(cache.loaded(key(2))).isNull();
    assertThat(cache.loaded(key(1))).isNotNull();
    assertThat(cache.loaded(key(3))).isNotNull();
  }

  @Test
  void a_model_larger_than_the_cache_still_answers() throws Exception {
    LoadedModel large = new LoadedModel(key(9), "p", new FakeModel(false, false, 1000));

    assertThat(cache.load(key(9), () -> large)).isSameAs(large);
  }

  private static ModelKey key(long id) {
    return new ModelKey("c", "d", id, "0");
  }

  private static LoadedModel model(long id) {
    return new LoadedModel(key(id), "p", FakeModel.sum());
  }
}
