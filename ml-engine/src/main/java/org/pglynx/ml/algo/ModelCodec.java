package org.pglynx.ml.algo;

import java.util.List;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.ModelFile;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/** Models to bytes of the stored format, and back. */
public final class ModelCodec {
  /** The shape of a stored model; ordinals are part of the format, so new ones go to the end. */
  private enum Shape {
    LINEAR,
    BOOSTED,
    AVERAGED_FOREST,
    NEIGHBOURS,
    NAIVE_BAYES
  }

  private final long maxBytes;

  /** A codec that neither writes nor reads more than that many bytes. */
  public ModelCodec(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** The model as bytes. */
  public byte[] encode(Model model) {
    if (!(model instanceof StoredModel stored)) {
      throw new MlException(
          MlException.Kind.INTERNAL, "no stored form for " + model.getClass().getName());
    }
    PayloadWriter out = new PayloadWriter(maxBytes);
    out.writeByte(shape(stored).ordinal());
    writeInfo(out, stored.info());
    switch (stored) {
      case LinearModel linear -> linear.write(out);
      case BoostedModel boosted -> boosted.write(out);
      case AveragedForestModel forest -> forest.write(out);
      case NeighboursModel neighbours -> neighbours.write(out);
      case NaiveBayesModel bayes -> bayes.write(out);
    }
    return ModelFile.wrap(out);
  }

  /**
   * The model of these bytes.
   *
   * @throws MlException of kind MODEL_FORMAT when they are not a whole, undamaged model
   */
  public Model decode(byte[] bytes) {
    PayloadReader in = ModelFile.open(bytes, maxBytes);
    Shape shape = in.readConstant(Shape.values());
    ModelInfo info = readInfo(in);
    StoredModel model =
        switch (shape) {
          case LINEAR -> LinearModel.read(info, in);
          case BOOSTED -> BoostedModel.read(info, in);
          case AVERAGED_FOREST -> AveragedForestModel.read(info, in);
          case NEIGHBOURS -> NeighboursModel.read(info, in);
          case NAIVE_BAYES -> NaiveBayesModel.read(info, in);
        };
    in.end();
    return model;
  }

  private static Shape shape(StoredModel model) {
    return switch (model) {
      case LinearModel _ -> Shape.LINEAR;
      case BoostedModel _ -> Shape.BOOSTED;
      case AveragedForestModel _ -> Shape.AVERAGED_FOREST;
      case NeighboursModel _ -> Shape.NEIGHBOURS;
      case NaiveBayesModel _ -> Shape.NAIVE_BAYES;
    };
  }

  private static void writeInfo(PayloadWriter out, ModelInfo info) {
    out.writeByte(info.task().ordinal());
    out.writeText(info.algorithm());
    out.writeTexts(info.features());
    out.writeByte(info.classes().kind().ordinal());
    out.writeTexts(info.classes().names());
  }

  private static ModelInfo readInfo(PayloadReader in) {
    Task task = in.readConstant(Task.values());
    String algorithm = in.readText();
    List<String> features = in.readTexts();
    ClassLabels.Kind kind = in.readConstant(ClassLabels.Kind.values());
    ClassLabels classes = new ClassLabels(kind, in.readTexts());
    in.require(!features.isEmpty(), "a model without features");
    in.require((task == Task.CLASSIFICATION) == (classes.count() >= 2), "its classes");
    in.require(kind != ClassLabels.Kind.NUMBER || allNumbers(classes), "a class's number");
    return new ModelInfo(task, algorithm, features, classes);
  }

  private static boolean allNumbers(ClassLabels classes) {
    try {
      for (int c = 0; c < classes.count(); c++) {
        classes.number(c);
      }
      return true;
    } catch (NumberFormatException notANumber) {
      return false;
    }
  }
}
