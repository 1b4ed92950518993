package org.pglynx.ml.boost;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.ModelFormat;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.tree.BoostedModel;

/**
 * Reads and writes the model files of XGBoost and LightGBM with our own readers: bytes from outside
 * never reach native code.
 */
public final class ForeignFormats {
  /** PostgresML 2.0 wrote that many bytes of its own first. */
  private static final int POSTGRESML_PREFIX = 16;

  private static final int MAX_FEATURES = 100_000;

  private ForeignFormats() {}

  /**
   * The model of a file.
   *
   * @param maxBytes larger files are refused unread
   * @param features their names; none for those of the file
   * @param classes in the order of their indexes; none for 0, 1, …
   * @throws MlException of kind MODEL_FORMAT or BAD_ARGUMENT
   */
  public static StoredModel read(
      byte[] bytes, long maxBytes, Task task, List<String> features, ClassLabels classes) {
    if (bytes.length > maxBytes) {
      throw damaged("it has %d bytes, the limit is %d".formatted(bytes.length, maxBytes), null);
    }
    try {
      if (startsWith(bytes, "tree")) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return lightgbm(LightgbmText.read(text), task, features, classes);
      }
      return xgboost(source(bytes), task, features, classes);
    } catch (IOException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  /** The model as a file. */
  public static byte[] write(Model model, ModelFormat format) {
    if (!(model instanceof BoostedModel boosted)) {
      throw new MlException(
          MlException.Kind.UNSUPPORTED_TASK,
          "a model of algorithm \"%s\" has no form that XGBoost or LightGBM reads"
              .formatted(model.algorithm()),
          "Boosted trees have: xgboost, lightgbm, hist_gradient_boosting,"
              + " gradient_boosting_trees and ada_boost (classification).");
    }
    return switch (format) {
      case XGBOOST_JSON -> new XgboostExport(boosted).json();
      case XGBOOST_UBJ -> new XgboostExport(boosted).ubj();
      case LIGHTGBM_TEXT -> new LightgbmExport(boosted).text().getBytes(StandardCharsets.UTF_8);
    };
  }

  private static XgboostSource source(byte[] bytes) throws IOException {
    if (bytes.length < 2) {
      throw new IOException("it has only " + bytes.length + " bytes");
    }
    if (bytes[0] != '{') {
      return XgboostBinary.looksRight(bytes, 0)
          ? XgboostBinary.read(bytes, 0)
          : XgboostBinary.read(bytes, POSTGRESML_PREFIX);
    }
    boolean json = bytes[1] == '"' || Character.isWhitespace(bytes[1]);
    if (!json) {
      return XgboostSource.read(new UbjValues(bytes));
    }
    try (JsonValues values = new JsonValues(bytes)) {
      return XgboostSource.read(values);
    }
  }

  private static StoredModel xgboost(
      XgboostSource source, Task task, List<String> features, ClassLabels classes)
      throws IOException {
    String objective = source.objective();
    Task its =
        objective.startsWith("binary:") || objective.startsWith("multi:")
            ? Task.CLASSIFICATION
            : objective.startsWith("rank:") ? Task.RANK : Task.REGRESSION;
    List<String> names = names(features, source.featureNames(), source.featureCount());
    ModelInfo info =
        info(task, its, objective, "xgboost", names, classes, Math.max(2, source.outputs()));
    XgboostSource.require(
        objective.startsWith("multi:") == source.outputs() > 1, "scores as its objective");
    return XgboostImport.model(info, source, Integer.MAX_VALUE);
  }

  private static StoredModel lightgbm(
      LightgbmText source, Task task, List<String> features, ClassLabels classes) {
    String objective = source.objective().split(" ", -1)[0];
    Task its =
        switch (LightgbmImport.link(source.objective())) {
          case LOGISTIC, SOFTMAX -> Task.CLASSIFICATION;
          default ->
              Set.of("lambdarank", "rank_xendcg").contains(objective) ? Task.RANK : Task.REGRESSION;
        };
    List<String> names = names(features, source.featureNames(), source.featureCount());
    int perRound = source.treesPerRound();
    LightgbmText.require(perRound <= Math.max(1, source.trees().size()), "trees of each class");
    int count = Math.max(2, perRound);
    LightgbmText.require(
        objective.equals("multiclass") == source.treesPerRound() > 1, "scores of its objective");
    return LightgbmImport.model(
        info(task, its, objective, "lightgbm", names, classes, count), source);
  }

  private static ModelInfo info(
      Task task,
      Task its,
      String objective,
      String algorithm,
      List<String> features,
      ClassLabels classes,
      int count) {
    requireArgument(
        task == its,
        "the model's objective \"%s\" is one of %s, not of %s"
            .formatted(objective, its.sqlName(), task.sqlName()));
    if (task != Task.CLASSIFICATION) {
      return new ModelInfo(task, algorithm, features, ClassLabels.NONE);
    }
    requireArgument(
        classes.count() == 0 || classes.count() == count,
        "the model has %d classes, not %d".formatted(count, classes.count()));
    List<String> numbers = IntStream.range(0, count).mapToObj(Integer::toString).toList();
    ClassLabels labels =
        classes.count() > 0 ? classes : new ClassLabels(ClassLabels.Kind.NUMBER, numbers);
    return new ModelInfo(task, algorithm, features, labels);
  }

  private static List<String> names(List<String> given, List<String> inFile, int count) {
    requireArgument(
        count > 0 && count <= MAX_FEATURES, "the model has %d features".formatted(count));
    requireArgument(
        given.isEmpty() || given.size() == count,
        "the model has %d features, not %d".formatted(count, given.size()));
    if (!given.isEmpty()) {
      return given;
    }
    return inFile.size() == count
        ? inFile
        : IntStream.range(0, count).mapToObj(j -> "f" + j).toList();
  }

  private static void requireArgument(boolean holds, String otherwise) {
    if (!holds) {
      throw new MlException(MlException.Kind.BAD_ARGUMENT, otherwise);
    }
  }

  private static boolean startsWith(byte[] bytes, String text) {
    byte[] begin = text.getBytes(StandardCharsets.US_ASCII);
    return bytes.length >= begin.length
        && Arrays.equals(bytes, 0, begin.length, begin, 0, begin.length);
  }

  private static MlException damaged(String reason, @Nullable Exception cause) {
    String message = "the model file cannot be read: " + reason;
    return cause == null
        ? new MlException(MlException.Kind.MODEL_FORMAT, message)
        : new MlException(MlException.Kind.MODEL_FORMAT, message, cause);
  }
}
