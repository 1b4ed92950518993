package org.pglynx.ml.neural;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.NumpyRandom;
import org.pglynx.ml.linalg.Lbfgs;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * A multi-layer perceptron as scikit-learn trains it: the same start for the same random_state, the
 * same batches, the same stopping rules.
 */
final class NetworkTrainer {
  private static final int MAX_UNITS = 10_000;

  static final List<ParameterSpec> PARAMETERS =
      List.of(
          new ParameterSpec(
              "hidden_layer_sizes",
              List.of(),
              new Domain.Either(
                  new Domain.ListOf(new Domain.Whole(1, MAX_UNITS, false), 20),
                  new Domain.Whole(1, MAX_UNITS, false))),
          ParameterSpec.choice("activation", "relu", "identity", "logistic", "tanh"),
          ParameterSpec.choice("solver", "adam", "sgd", "lbfgs"),
          ParameterSpec.atLeast("alpha", 0),
          new ParameterSpec(
              "batch_size",
              List.of(),
              new Domain.Either(
                  new Domain.Choice(List.of("auto")),
                  new Domain.Whole(1, Integer.MAX_VALUE, false))),
          ParameterSpec.choice("learning_rate", "constant", "invscaling", "adaptive"),
          ParameterSpec.positive("learning_rate_init"),
          ParameterSpec.atLeast("power_t", 0),
          ParameterSpec.whole("max_iter", 1, 1_000_000),
          ParameterSpec.flag("shuffle"),
          ParameterSpec.whole("random_state", 0, 0xFFFF_FFFFL).orNull(),
          ParameterSpec.atLeast("tol", 0),
          ParameterSpec.between("momentum", 0, 1),
          ParameterSpec.flag("nesterovs_momentum"),
          ParameterSpec.flag("early_stopping"),
          ParameterSpec.between("validation_fraction", 0.001, 0.9),
          ParameterSpec.between("beta_1", 0, 0.999_999),
          ParameterSpec.between("beta_2", 0, 0.999_999_999),
          ParameterSpec.positive("epsilon"),
          ParameterSpec.whole("n_iter_no_change", 1, Integer.MAX_VALUE));

  /** Of which training keeps four copies. */
  private static final int MAX_NUMBERS = 5_000_000;

  private static final int DEFAULT_EPOCHS = 200;
  private static final int DEFAULT_BATCH = 200;

  private final TrainingTable table;
  private final Parameters parameters;
  private final FitContext context;
  private final Layout layout;
  private final Activation activation;
  private final Output output;
  private final NumpyRandom random;
  private final Backpropagation gradient;

  private NetworkTrainer(TrainingTable table, Parameters parameters, FitContext context) {
    this.table = table;
    this.parameters = parameters;
    this.context = context;
    this.output = Output.of(table.info().task(), table.classCount());
    this.layout = layout();
    this.activation =
        switch (parameters.choice("activation", "relu")) {
          case "identity" -> Activation.IDENTITY;
          case "logistic" -> Activation.LOGISTIC;
          case "tanh" -> Activation.TANH;
          default -> Activation.RELU;
        };
    this.random = new NumpyRandom(parameters.longWhole("random_state", context.seed()));
    this.gradient =
        new Backpropagation(
            table, layout, activation, output, parameters.real("alpha", 1e-4), context.cancel());
  }

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    NetworkTrainer trainer = new NetworkTrainer(table, parameters, context);
    double[] start = trainer.start();
    double[] numbers =
        parameters.choice("solver", "adam").equals("lbfgs")
            ? trainer.byCurvature(start)
            : trainer.byBatches(start);
    return trainer.model(numbers);
  }

  private Layout layout() {
    int[] hidden = {100};
    if (parameters.raw("hidden_layer_sizes") instanceof List<?> list) {
      hidden = list.stream().mapToInt(size -> ((Long) size).intValue()).toArray();
    } else if (parameters.raw("hidden_layer_sizes") instanceof Long size) {
      hidden = new int[] {size.intValue()};
    }
    int[] sizes = new int[hidden.length + 2];
    sizes[0] = table.width();
    System.arraycopy(hidden, 0, sizes, 1, hidden.length);
    sizes[sizes.length - 1] = output.units(table.classCount());
    if (Layout.count(sizes) > MAX_NUMBERS) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER,
          "hidden_layer_sizes asks for a network of %d numbers".formatted(Layout.count(sizes)),
          "At most %d are trained; use fewer or smaller layers.".formatted(MAX_NUMBERS));
    }
    return new Layout(sizes);
  }

  /** Glorot's uniform start, in the order in which scikit-learn draws it. */
  private double[] start() {
    double[] numbers = new double[layout.count()];
    double factor = activation == Activation.LOGISTIC ? 2 : 6;
    for (int l = 0; l < layout.layers(); l++) {
      double bound = Math.sqrt(factor / (layout.inputs(l) + layout.units(l)));
      int end = layout.intercepts(l) + layout.units(l);
      for (int at = layout.weights(l); at < end; at++) {
        numbers[at] = -bound + 2 * bound * random.nextDouble();
      }
    }
    return numbers;
  }

  private double[] byCurvature(double[] start) {
    int[] all = IntStream.range(0, table.rows()).toArray();
    return Lbfgs.minimise(
        (numbers, slope) -> gradient.evaluate(numbers, all, 0, all.length, slope),
        start,
        parameters.whole("max_iter", DEFAULT_EPOCHS),
        parameters.real("tol", 1e-4));
  }

  private double[] byBatches(double[] numbers) {
    Held held = Held.of(table, parameters, random);
    int[] order = held.training();
    int batch = Math.min(parameters.whole("batch_size", DEFAULT_BATCH), order.length);
    int epochs = parameters.whole("max_iter", DEFAULT_EPOCHS);
    Patience patience = new Patience(parameters, held.validation().length > 0);
    Descent descent = Descent.of(parameters, numbers.length);
    double[] slope = new double[numbers.length];
    for (int epoch = 1; epoch <= epochs; epoch++) {
      if (parameters.flag("shuffle", true)) {
        order = shuffled(order);
      }
      double loss = epoch(numbers, order, batch, descent, slope);
      context.progress().progress("epochs", epoch, epochs);
      descent.epochEnds((long) epoch * order.length);
      patience.note(loss, held.score(numbers, gradient, output), numbers);
      if (patience.isOver() && !descent.goesOn()) {
        break;
      }
      patience.renewWhenOver();
    }
    return patience.best(numbers);
  }

  private double epoch(double[] numbers, int[] order, int batch, Descent descent, double[] slope) {
    double loss = 0;
    for (int from = 0; from < order.length; from += batch) {
      int to = Math.min(order.length, from + batch);
      loss += gradient.evaluate(numbers, order, from, to, slope) * (to - from);
      descent.step(numbers, slope);
    }
    if (!Double.isFinite(loss)) {
      throw diverged();
    }
    return loss / order.length;
  }

  private int[] shuffled(int[] order) {
    return Arrays.stream(random.permutation(order.length)).map(i -> order[i]).toArray();
  }

  private StoredModel model(double[] numbers) {
    for (int row = 0; row < table.rows(); row++) {
      for (double sum : gradient.forward(numbers, row)) {
        if (!(Math.abs(sum) <= Float.MAX_VALUE)) {
          throw diverged();
        }
      }
    }
    return new Network(table.info(), layout, activation, output, numbers);
  }

  private static MlException diverged() {
    return new MlException(
        Kind.BAD_DATA,
        "the network's numbers grew beyond all bounds",
        "Scale the features (preprocess), or lower learning_rate_init.");
  }
}
