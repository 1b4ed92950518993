package org.pglynx.ml.catalog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pglynx.ml.algo.ModelInfo;
import org.pglynx.ml.algo.ModelShape;
import org.pglynx.ml.algo.NestedModels;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.model.ClassLabels;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.Model;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.registry.ModelFile;
import org.pglynx.ml.registry.PayloadReader;
import org.pglynx.ml.registry.PayloadWriter;

/** Models to bytes of the stored format, and back. */
public final class ModelCodec {
  /** Ensembles of ensembles are not deeper; bytes that say so are damaged. */
  private static final int MAX_DEPTH = 8;

  private final long maxBytes;
  private final Map<Class<? extends StoredModel>, ModelShape> byType = new HashMap<>();
  private final Map<Integer, ModelShape> byCode = new HashMap<>();

  /** A codec that neither writes nor reads more than that many bytes. */
  public ModelCodec(long maxBytes) {
    this.maxBytes = maxBytes;
    for (ModelShape shape : Catalogue.shapes()) {
      if (byCode.put(shape.code(), shape) != null || byType.put(shape.type(), shape) != null) {
        throw new IllegalStateException("two shapes with code " + shape.code());
      }
    }
  }

  /** The model as bytes. */
  public byte[] encode(Model model) {
    PayloadWriter out = new PayloadWriter(maxBytes);
    new Nest(0).write(stored(model), out);
    return ModelFile.wrap(out);
  }

  /**
   * The model of these bytes.
   *
   * @throws MlException of kind MODEL_FORMAT when they are not a whole, undamaged model
   */
  public Model decode(byte[] bytes) {
    PayloadReader in = ModelFile.open(bytes, maxBytes);
    StoredModel model = new Nest(0).read(in);
    in.end();
    return model;
  }

  private static StoredModel stored(Model model) {
    if (model instanceof StoredModel stored) {
      return stored;
    }
    throw new MlException(
        MlException.Kind.INTERNAL, "no stored form for " + model.getClass().getName());
  }

  /** Models at one depth of the nest. */
  private final class Nest implements NestedModels {
    private final int depth;

    Nest(int depth) {
      this.depth = depth;
    }

    @Override
    public void write(StoredModel model, PayloadWriter out) {
      ModelShape shape = byType.get(model.getClass());
      if (shape == null) {
        throw new IllegalStateException("no shape for " + model.getClass().getName());
      }
      out.writeByte(shape.code());
      writeInfo(out, model.info());
      model.write(out, new Nest(depth + 1));
    }

    @Override
    public StoredModel read(PayloadReader in) {
      in.require(depth < MAX_DEPTH, "models nested " + depth + " deep");
      int code = in.readByte();
      ModelShape shape = byCode.get(code);
      if (shape == null) {
        in.require(false, "an unknown shape " + code);
        throw new IllegalStateException();
      }
      return shape.reader().read(readInfo(in), in, new Nest(depth + 1));
    }
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
