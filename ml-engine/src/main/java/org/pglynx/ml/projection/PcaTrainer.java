package org.pglynx.ml.projection;

import java.util.List;
import org.pglynx.ml.algo.FitContext;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.algo.StoredModel;
import org.pglynx.ml.algo.TrainingTable;
import org.pglynx.ml.model.MlException;

/** Principal components, exactly. */
final class PcaTrainer {
  static final List<ParameterSpec> PARAMETERS =
      List.of(
          ComponentCount.COUNT_OR_SHARE,
          ParameterSpec.flag("whiten"),
          ParameterSpec.choice("svd_solver", "auto", "full"));

  private PcaTrainer() {}

  static StoredModel fit(TrainingTable table, Parameters parameters, FitContext context) {
    if (table.rows() < 2) {
      throw new MlException(
          MlException.Kind.BAD_DATA, "one row has no variance", "Train on at least two rows.");
    }
    Centred data = Centred.of(table);
    PrincipalAxes found = PrincipalAxes.of(data, context);
    found.orient(data, context);
    int count = ComponentCount.of(parameters, found.singular());
    boolean whiten = parameters.flag("whiten", false);
    double total = data.totalSquares();
    double[] axes = new double[count * data.width()];
    double[] ratios = new double[count];
    for (int c = 0; c < count; c++) {
      double squares = found.singular()[c] * found.singular()[c];
      ratios[c] = total > 0 ? squares / total : 0;
      double scale = whiten ? unit(squares / (data.rows() - 1)) : 1;
      for (int j = 0; j < data.width(); j++) {
        axes[c * data.width() + j] = scale * found.axes()[c][j];
      }
    }
    return new LinearProjection(table.info(), data.mean(), axes, ratios);
  }

  /** What brings a variance to 1; a component without variance stays 0. */
  private static double unit(double variance) {
    return variance > 0 ? 1 / Math.sqrt(variance) : 0;
  }
}
