package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * The models in memory, shared by all sessions of the process and bounded in bytes: the ones that
 * were not asked for longest go first. A model is loaded once however many wait for it.
 */
final class ModelCache {
  private final ConcurrentHashMap<ModelKey, CompletableFuture<LoadedModel>> models =
      new ConcurrentHashMap<>();
  private final long maxBytes;

  ModelCache(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Reads a stored model; runs on the thread that asked first. */
  interface Loader {
    LoadedModel load() throws PgErrorException, InterruptedException;
  }

  /** The model if it is in memory, else null. Never blocks. */
  @Nullable LoadedModel loaded(ModelKey key) {
    CompletableFuture<LoadedModel> future = models.get(key);
    if (future == null || !future.isDone() || future.isCompletedExceptionally()) {
      return null;
    }
    LoadedModel model = future.join();
    model.touch(System.nanoTime());
    return model;
  }

  /** The model, loaded if need be; blocks while another thread loads it. */
  LoadedModel load(ModelKey key, Loader loader) throws PgErrorException, InterruptedException {
    while (true) {
      CompletableFuture<LoadedModel> mine = new CompletableFuture<>();
      CompletableFuture<LoadedModel> other = models.putIfAbsent(key, mine);
      if (other == null) {
        return loadMine(key, loader, mine);
      }
      try {
        return other.get();
      } catch (ExecutionException e) {
        // The other's session may have been cancelled or lost its server: this one tries itself.
        models.remove(key, other);
      }
    }
  }

  private LoadedModel loadMine(ModelKey key, Loader loader, CompletableFuture<LoadedModel> mine)
      throws PgErrorException, InterruptedException {
    boolean done = false;
    try {
      LoadedModel model = loader.load();
      mine.complete(model);
      done = true;
      evict(key);
      return model;
    } finally {
      if (!done) {
        models.remove(key, mine);
        mine.completeExceptionally(new IllegalStateException("not loaded: " + key));
      }
    }
  }

  /** Puts a model in that was just trained. */
  void put(LoadedModel model) {
    models.put(model.key(), CompletableFuture.completedFuture(model));
    evict(model.key());
  }

  /** Drops the oldest models until the rest fits; the one just asked for stays. */
  private synchronized void evict(ModelKey keep) {
    List<LoadedModel> all = all();
    long bytes = all.stream().mapToLong(LoadedModel::bytes).sum();
    all.sort(Comparator.comparingLong(LoadedModel::usedNanos));
    for (LoadedModel model : all) {
      if (bytes <= maxBytes) {
        return;
      }
      if (!model.key().equals(keep)) {
        models.remove(model.key());
        bytes -= model.bytes();
      }
    }
  }

  /** All models in memory. */
  List<LoadedModel> all() {
    List<LoadedModel> all = new ArrayList<>();
    for (CompletableFuture<LoadedModel> future : models.values()) {
      if (future.isDone() && !future.isCompletedExceptionally()) {
        all.add(future.join());
      }
    }
    return all;
  }

  /** Forgets models whose keys match. */
  void forget(Predicate<ModelKey> keys) {
    models.keySet().removeIf(keys);
  }
}
