package org.pglynx.proxy.app;

import java.util.List;
import org.pglynx.proxy.admin.ModelRow;
import org.pglynx.proxy.admin.PredictionRow;
import org.pglynx.proxy.admin.TrainingRow;
import org.pglynx.proxy.admin.TrainingTotals;
import org.pglynx.proxy.ml.MlService;

/** What the console and the metrics tell of models, trainings and predictions. */
record MlFacts(MlService ml) {
  /** The models in memory. */
  List<ModelRow> models() {
    return ml.models().stream()
        .map(model ->
            new ModelRow(
                model.database(),
                model.project(),
                model.modelId(),
                model.algorithm(),
                model.bytes(),
                model.predictions(),
                model.cluster()))
        .toList();
  }

  /** How often each project has predicted, and in which way. */
  List<PredictionRow> predictions() {
    return ml.predictions().stream()
        .map(row ->
            new PredictionRow(
                row.database(),
                row.project(),
                row.way(),
                row.calls(),
                row.rows(),
                row.nanos(),
                row.times(),
                row.cluster()))
        .toList();
  }

  /** The trainings under way, and those that wait. */
  List<TrainingRow> trainings() {
    return ml.trainings().stream()
        .map(training ->
            new TrainingRow(
                training.id(),
                training.database(),
                training.user(),
                training.project(),
                training.modelId(),
                training.algorithm(),
                training.state(),
                training.rows(),
                training.rounds(),
                training.seconds(),
                training.bytes(),
                training.cluster()))
        .toList();
  }

  /** How many trainings have ended. */
  TrainingTotals totals() {
    return new TrainingTotals(ml.trainingsDone(), ml.trainingsFailed());
  }
}
