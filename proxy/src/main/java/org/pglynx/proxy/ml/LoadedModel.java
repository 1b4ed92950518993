package org.pglynx.proxy.ml;

import java.util.concurrent.atomic.LongAdder;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;

/** A model in memory, ready to answer, with what SHOW MODELS tells about it. */
final class LoadedModel {
  private final ModelKey key;
  private final String project;
  private final Model model;
  private final float[] classNumbers;
  private final LongAdder predictions = new LongAdder();
  // Written without ordering: it only has to be about right for eviction.
  private volatile long usedNanos;

  LoadedModel(ModelKey key, String project, Model model) {
    this.key = key;
    this.project = project;
    this.model = model;
    this.classNumbers = classNumbers(model.classes());
    this.usedNanos = System.nanoTime();
  }

  private static float[] classNumbers(ClassLabels classes) {
    float[] numbers = new float[classes.count()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = classes.number(i);
    }
    return numbers;
  }

  ModelKey key() {
    return key;
  }

  /** The project it was trained for. */
  String project() {
    return project;
  }

  Model model() {
    return model;
  }

  /** What SQL shows for the model's own prediction: the number itself, or the class's number. */
  float shown(float prediction) {
    return model.task() == Task.CLASSIFICATION ? classNumbers[(int) prediction] : prediction;
  }

  /** Counts predictions that were answered. */
  void served(long rows) {
    predictions.add(rows);
  }

  /** Predictions answered so far. */
  long predictions() {
    return predictions.sum();
  }

  /** Notes that it was asked for. */
  void touch(long nowNanos) {
    usedNanos = nowNanos;
  }

  long usedNanos() {
    return usedNanos;
  }

  /** Heap bytes. */
  long bytes() {
    return model.sizeBytes();
  }
}
