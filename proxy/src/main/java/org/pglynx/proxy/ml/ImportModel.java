package org.pglynx.proxy.ml;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.MlEngine;
import org.pglynx.ml.api.ModelImport;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * pgml.import_model: a file of another library becomes a model of a project, and its answer under
 * the rule of trainings. It has no metrics, so it never replaces a model that has some.
 */
final class ImportModel implements ServiceStatement.OneRow {
  private final MlEngine engine;
  private final ModelSource models;

  ImportModel(MlEngine engine, ModelSource models) {
    this.engine = engine;
    this.models = models;
  }

  /** The arguments. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Call(
      String project,
      @Nullable Task task,
      ForeignFormat format,
      byte[] data,
      List<String> features,
      List<String> classes) {
    /** Texts, as their file numbers them; without names the numbers. */
    ClassLabels labels() {
      return classes.isEmpty() ? ClassLabels.NONE : new ClassLabels(ClassLabels.Kind.TEXT, classes);
    }
  }

  /** What was stored. */
  private record Imported(
      Projects.Project project, Models.Stored stored, Model model, boolean deployed) {}

  @Override
  public List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel)
      throws PgErrorException, InterruptedException {
    Call call = call(values);
    TrainNotices notices = new TrainNotices(context, TrainingJob.unlisted());
    try (SqlSession session = context.servers().open()) {
      CallersEncoding.requireUtf8(session);
      PgmlSchema.ensure(session);
      Imported imported = Transactions.run(session, () -> store(session, call, notices));
      String project = imported.project().name();
      String open = Deployments.openTransaction(session);
      if (open == null) {
        Models.Stored stored = imported.stored();
        models.trained(
            models.modelKey(context, stored.id(), stored.createdAt()), project, imported.model());
      }
      if (imported.deployed()) {
        models.deployed(context, project, open);
      }
      return Arrays.asList(
          project, imported.project().task(), imported.model().algorithm(), imported.deployed());
    }
  }

  private static Call call(CallValues values) throws PgErrorException {
    String project = Projects.named(values.text("project_name"));
    ForeignFormat format = ForeignFormat.named(values.text("format"));
    byte[] data = values.bytes("data");
    if (data == null || data.length == 0) {
      throw MlErrors.invalid("data must not be NULL or empty").toException();
    }
    ForeignFormat found = ForeignFormat.of(data);
    if (found != format) {
      throw MlErrors.invalid(
              "data is not of format %s: it begins like %s"
                  .formatted(format.sqlName(), found.sqlName()))
          .toException();
    }
    return new Call(
        project,
        TrainCall.task(values.text("task")),
        format,
        data,
        names(values, "feature_names"),
        names(values, "class_names"));
  }

  private static List<String> names(CallValues values, String argument) throws PgErrorException {
    List<String> names = values.texts(argument);
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw MlErrors.invalid("%s has \"%s\" twice".formatted(argument, name)).toException();
      }
    }
    return names;
  }

  private Imported store(SqlSession session, Call call, TrainNotices notices)
      throws PgErrorException, InterruptedException {
    Projects.Project found = Projects.findOrNew(session, call.project(), call.task());
    Task task = found.engineTask();
    Model model = read(call, task);
    Projects.Project project = Projects.store(session, found);
    Models.Stored stored =
        Models.imported(
            session, project.id(), model, call.format().sqlName(), engine.encode(model));
    Deployments.lock(session, project.id());
    boolean deploy = AutomaticDeploy.decide(session, project.id(), task, null, notices);
    if (deploy) {
      notices.deploying(stored.id());
      Exports.store(session, stored.id(), model);
      Deployments.insert(session, project.id(), stored.id(), "new_score");
    }
    return new Imported(project, stored, model, deploy);
  }

  /** What the client sent is an argument: nothing of ours is damaged. */
  private Model read(Call call, Task task) throws PgErrorException {
    if (!call.classes().isEmpty() && task != Task.CLASSIFICATION) {
      throw MlErrors.invalid("class_names are of a classification, not of " + task.sqlName())
          .toException();
    }
    try {
      return engine.importModel(new ModelImport(call.data(), task, call.features(), call.labels()));
    } catch (MlException e) {
      throw MlErrors.invalid(
              "data of format %s: %s".formatted(call.format().sqlName(), e.getMessage()))
          .withDetail(e.detail())
          .withHint(e.hint())
          .toException();
    }
  }
}
