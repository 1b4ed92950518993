package org.pglynx.proxy.ml;

import java.util.List;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.RowRewrite;
import org.pglynx.proxy.wire.Column;

/** Makes what the plans decide on: statements with everything they need to run. */
interface Answers {
  /** CREATE EXTENSION or DROP EXTENSION. */
  LocalStatement extension(ExtensionStatement statement);

  /** train, deploy, load_dataset or version. */
  LocalStatement service(BoundCall call, RowForm form, int[] parameterTypes);

  /** What each feature adds to a prediction. */
  LocalStatement explanation(
      ModelSelector selector, Features features, RowForm form, int[] parameterTypes);

  /**
   * Predictions for many rows in one array.
   *
   * @param array whether they go out as one array, too
   */
  LocalStatement batch(
      ModelSelector selector, Features features, RowForm form, boolean array, int[] parameterTypes);

  /** A call with arguments that a server has to compute first. */
  LocalStatement computed(
      ComputedExpressions expressions,
      ComputedStatement.Call call,
      RowForm form,
      int[] parameterTypes);

  /** Predictions that need no server. */
  LocalStatement predictions(
      List<PredictStatement.Item> items, List<Column> columns, int[] parameterTypes);

  /** Rows of calls that are given to a larger statement. */
  RowRewrite given(GivenPlan plan);

  /** Predictions per row. */
  RowRewrite rewrite(RewritePlan plan);
}
