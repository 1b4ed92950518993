package org.pglynx.ml.neural;

import org.pglynx.ml.algo.Parameters;

/** One step down a gradient. */
sealed interface Descent {
  /** Changes the numbers. */
  void step(double[] numbers, double[] gradient);

  /** After each epoch. */
  default void epochEnds(long rowsSeen) {}

  /** Nothing has improved for a while: whether to go on, with smaller steps. */
  default boolean goesOn() {
    return false;
  }

  /** The descent that the hyperparameters ask for. */
  static Descent of(Parameters parameters, int count) {
    return parameters.choice("solver", "adam").equals("sgd")
        ? new Momentum(parameters, count)
        : new Adam(parameters, count);
  }

  /** Adam (Kingma, Ba 2014), as scikit-learn has it. */
  final class Adam implements Descent {
    private final double rate;
    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double[] mean;
    private final double[] square;
    private int steps;

    private Adam(Parameters parameters, int count) {
      this.rate = parameters.real("learning_rate_init", 1e-3);
      this.beta1 = parameters.real("beta_1", 0.9);
      this.beta2 = parameters.real("beta_2", 0.999);
      this.epsilon = parameters.real("epsilon", 1e-8);
      this.mean = new double[count];
      this.square = new double[count];
    }

    @Override
    public void step(double[] numbers, double[] gradient) {
      steps++;
      double length = rate * Math.sqrt(1 - Math.pow(beta2, steps)) / (1 - Math.pow(beta1, steps));
      for (int i = 0; i < numbers.length; i++) {
        double g = gradient[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * g;
        square[i] = beta2 * square[i] + (1 - beta2) * g * g;
        numbers[i] -= length * mean[i] / (Math.sqrt(square[i]) + epsilon);
      }
    }
  }

  /** Stochastic gradient descent with (Nesterov's) momentum and three kinds of learning rate. */
  final class Momentum implements Descent {
    private static final double LEAST_RATE = 1e-6;

    private final double start;
    private final double momentum;
    private final boolean nesterov;
    private final String schedule;
    private final double power;
    private final double[] velocity;
    private double rate;

    private Momentum(Parameters parameters, int count) {
      this.start = parameters.real("learning_rate_init", 1e-3);
      this.momentum = parameters.real("momentum", 0.9);
      this.nesterov = parameters.flag("nesterovs_momentum", true);
      this.schedule = parameters.choice("learning_rate", "constant");
      this.power = parameters.real("power_t", 0.5);
      this.velocity = new double[count];
      this.rate = start;
    }

    @Override
    public void step(double[] numbers, double[] gradient) {
      for (int i = 0; i < numbers.length; i++) {
        double pull = rate * gradient[i];
        velocity[i] = momentum * velocity[i] - pull;
        numbers[i] += nesterov ? momentum * velocity[i] - pull : velocity[i];
      }
    }

    @Override
    public void epochEnds(long rowsSeen) {
      if (schedule.equals("invscaling")) {
        rate = start / Math.pow(rowsSeen + 1, power);
      }
    }

    @Override
    public boolean goesOn() {
      if (!schedule.equals("adaptive") || rate <= LEAST_RATE) {
        return false;
      }
      rate /= 5;
      return true;
    }
  }
}
