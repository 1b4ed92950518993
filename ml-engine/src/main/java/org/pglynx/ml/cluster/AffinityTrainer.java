package org.pglynx.ml.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.data.SeededRandom;
import org.pglynx.ml.model.MlException;
import org.pglynx.ml.model.MlException.Kind;

/**
 * Affinity propagation (Frey, Dueck 2007): rows tell each other how well one would stand for the
 * other, until it is settled which rows stand for a group.
 */
final class AffinityTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ParameterSpec.atLeast("damping", 0.5),
          ParameterSpec.whole("max_iter", 1, 1_000_000),
          ParameterSpec.whole("convergence_iter", 1, 1_000_000),
          ParameterSpec.realOrNull("preference"),
          ParameterSpec.choice("affinity", "euclidean"),
          SharedParameters.RANDOM_STATE);

  private static final double DEFAULT_DAMPING = 0.5;
  private static final int DEFAULT_ROUNDS = 200;
  private static final int DEFAULT_SETTLED = 15;

  /** Three matrices of rows × rows float64: 216 MB. */
  private static final int MAX_ROWS = 3000;

  private AffinityTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    Points points = Points.of(table);
    points.requireAtMost(MAX_ROWS, "affinity_propagation");
    double damping = parameters.real("damping", DEFAULT_DAMPING);
    if (damping >= 1) {
      throw new MlException(
          Kind.BAD_HYPERPARAMETER, "damping = %s must be less than 1".formatted(damping));
    }
    double[][] similarity = similarities(points, context);
    double preference =
        parameters.has("preference") ? parameters.real("preference", 0) : median(similarity);
    int[] exemplars = exemplars(points, similarity, preference, parameters, context);
    double[] centres = new double[exemplars.length * points.width()];
    for (int c = 0; c < exemplars.length; c++) {
      points.copyTo(exemplars[c], centres, c);
    }
    return CentreModel.numbered(table.info(), centres);
  }

  private static int[] exemplars(
      Points points,
      double[][] similarity,
      double preference,
      Parameters parameters,
      FitContext context) {
    if (allEqual(similarity)) {
      boolean each = points.rows() == 1 || preference >= similarity[0][1];
      return each ? IntStream.range(0, points.rows()).toArray() : new int[] {0};
    }
    for (int i = 0; i < points.rows(); i++) {
      similarity[i][i] = preference;
    }
    Messages messages =
        new Messages(
            similarity,
            parameters.real("damping", DEFAULT_DAMPING),
            SharedParameters.random(parameters, context),
            context);
    int[] chosen =
        messages.settle(
            parameters.whole("max_iter", DEFAULT_ROUNDS),
            parameters.whole("convergence_iter", DEFAULT_SETTLED));
    if (chosen.length == 0) {
      throw new MlException(
          Kind.BAD_DATA,
          "affinity_propagation did not settle on any group",
          "Raise damping (below 1) or max_iter, or set preference.");
    }
    return messages.refine(chosen);
  }

  private static double[][] similarities(Points points, FitContext context) {
    int n = points.rows();
    double[][] similarity = new double[n][n];
    for (int i = 0; i < n; i++) {
      context.cancel().check();
      for (int other = 0; other < i; other++) {
        similarity[i][other] = -points.between(i, other);
        similarity[other][i] = similarity[i][other];
      }
    }
    return similarity;
  }

  private static boolean allEqual(double[][] similarity) {
    for (int i = 0; i < similarity.length; i++) {
      for (int other = 0; other < i; other++) {
        if (similarity[i][other] != similarity[1][0]) {
          return false;
        }
      }
    }
    return true;
  }

  /** The median of all n² similarities: of each pair twice, and n zeros at the upper end. */
  private static double median(double[][] similarity) {
    int n = similarity.length;
    double[] pairs = new double[n * (n - 1) / 2];
    for (int i = 0, at = 0; i < n; i++) {
      for (int other = 0; other < i; other++) {
        pairs[at++] = similarity[i][other];
      }
    }
    Arrays.sort(pairs);
    int cells = n * n;
    return (cell(pairs, (cells - 1) / 2) + cell(pairs, cells / 2)) / 2;
  }

  private static double cell(double[] pairs, int rank) {
    return rank / 2 < pairs.length ? pairs[rank / 2] : 0;
  }

  /** What the rows tell each other. */
  private static final class Messages {
    private static final double EPSILON = 0x1.0p-52;

    private final int n;
    private final double damping;
    private final double[][] similarity;
    private final double[][] responsibility;
    private final double[][] availability;
    private final FitContext context;

    Messages(double[][] similarity, double damping, SeededRandom random, FitContext context) {
      this.n = similarity.length;
      this.damping = damping;
      this.similarity = similarity;
      this.responsibility = new double[n][n];
      this.availability = new double[n][n];
      this.context = context;
      for (double[] row : similarity) {
        for (int j = 0; j < n; j++) {
          row[j] += EPSILON * row[j] * (2 * random.nextDouble() - 1); // parts what is equal
        }
      }
    }

    /** Exchanges messages; the rows that stand for groups. */
    int[] settle(int rounds, int settled) {
      int[] unchanged = new int[n];
      boolean[] chosen = new boolean[n];
      for (int round = 0; round < rounds; round++) {
        respond();
        offer();
        int steady = 0;
        int count = 0;
        for (int i = 0; i < n; i++) {
          boolean now = availability[i][i] + responsibility[i][i] > 0;
          unchanged[i] = now == chosen[i] && round > 0 ? unchanged[i] + 1 : 1;
          chosen[i] = now;
          steady += unchanged[i] >= settled ? 1 : 0;
          count += now ? 1 : 0;
        }
        context.progress().progress("rounds", round + 1, rounds);
        if (round >= settled && steady == n && count > 0) {
          break;
        }
      }
      return IntStream.range(0, n).filter(i -> chosen[i]).toArray();
    }

    private void respond() {
      for (int i = 0; i < n; i++) {
        context.cancel().check();
        double[] s = similarity[i];
        double[] a = availability[i];
        double first = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        int best = 0;
        for (int k = 0; k < n; k++) {
          double sum = a[k] + s[k];
          if (sum > first) {
            second = first;
            first = sum;
            best = k;
          } else if (sum > second) {
            second = sum;
          }
        }
        for (int k = 0; k < n; k++) {
          double fresh = s[k] - (k == best ? second : first);
          responsibility[i][k] = damping * responsibility[i][k] + (1 - damping) * fresh;
        }
      }
    }

    private void offer() {
      double[] support = new double[n];
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
          support[k] += i == k ? responsibility[k][k] : Math.max(0, responsibility[i][k]);
        }
      }
      for (int i = 0; i < n; i++) {
        context.cancel().check();
        for (int k = 0; k < n; k++) {
          double fresh =
              i == k
                  ? support[k] - responsibility[k][k]
                  : Math.min(0, support[k] - Math.max(0, responsibility[i][k]));
          availability[i][k] = damping * availability[i][k] + (1 - damping) * fresh;
        }
      }
    }

    /** In each group the row that is most similar to all others of it. */
    int[] refine(int[] chosen) {
      int[] label = new int[n];
      for (int i = 0; i < n; i++) {
        for (int c = 1; c < chosen.length; c++) {
          label[i] = similarity[i][chosen[c]] > similarity[i][chosen[label[i]]] ? c : label[i];
        }
      }
      for (int c = 0; c < chosen.length; c++) {
        label[chosen[c]] = c;
      }
      int[] refined = new int[chosen.length];
      for (int c = 0; c < chosen.length; c++) {
        context.cancel().check();
        int group = c;
        refined[c] = medoid(IntStream.range(0, n).filter(i -> label[i] == group).toArray());
      }
      Arrays.sort(refined);
      return refined;
    }

    private int medoid(int[] members) {
      int best = members[0];
      double most = Double.NEGATIVE_INFINITY;
      for (int candidate : members) {
        double sum = 0;
        for (int member : members) {
          sum += similarity[member][candidate];
        }
        if (sum > most) {
          most = sum;
          best = candidate;
        }
      }
      return best;
    }
  }
}
