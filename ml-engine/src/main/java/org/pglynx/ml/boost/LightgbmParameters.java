package org.pglynx.ml.boost;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.ParameterSpec;

/** LightGBM's hyperparameters under its own names and aliases; the defaults are the library's. */
final class LightgbmParameters {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.whole(
              "num_iterations",
              1,
              100_000,
              "num_iteration",
              "n_iter",
              "num_tree",
              "num_trees",
              "num_round",
              "num_rounds",
              "nrounds",
              "num_boost_round",
              "n_estimators",
              "max_iter"),
          aliased("boosting", choice("gbdt", "rf", "dart"), "boosting_type", "boost"),
          ParameterSpec.choice("data_sample_strategy", "bagging", "goss"),
          ParameterSpec.positive("learning_rate", "shrinkage_rate", "eta"),
          ParameterSpec.whole(
              "num_leaves", 2, 131_072, "num_leaf", "max_leaves", "max_leaf", "max_leaf_nodes"),
          ParameterSpec.whole("max_depth", -1, 1_000),
          ParameterSpec.whole(
              "min_data_in_leaf",
              0,
              Integer.MAX_VALUE,
              "min_data_per_leaf",
              "min_data",
              "min_child_samples",
              "min_samples_leaf"),
          ParameterSpec.atLeast(
              "min_sum_hessian_in_leaf",
              0,
              "min_sum_hessian_per_leaf",
              "min_sum_hessian",
              "min_hessian",
              "min_child_weight"),
          ParameterSpec.share("bagging_fraction", "sub_row", "subsample", "bagging"),
          ParameterSpec.whole("bagging_freq", 0, Integer.MAX_VALUE, "subsample_freq"),
          seed("bagging_seed", "bagging_fraction_seed"),
          ParameterSpec.share("feature_fraction", "sub_feature", "colsample_bytree"),
          ParameterSpec.share("feature_fraction_bynode", "sub_feature_bynode", "colsample_bynode"),
          seed("feature_fraction_seed"),
          aliased("extra_trees", new Domain.Flag(), "extra_tree"),
          seed("extra_seed"),
          ParameterSpec.whole(
              "early_stopping_round",
              0,
              Integer.MAX_VALUE,
              "early_stopping_rounds",
              "early_stopping",
              "n_iter_no_change"),
          aliased("validation_fraction", new Domain.Real(0, false, 0.9)),
          ParameterSpec.atLeast("max_delta_step", 0, "max_tree_output", "max_leaf_output"),
          ParameterSpec.atLeast("lambda_l1", 0, "reg_alpha", "l1_regularization"),
          ParameterSpec.atLeast("lambda_l2", 0, "reg_lambda", "lambda", "l2_regularization"),
          ParameterSpec.atLeast("min_gain_to_split", 0, "min_split_gain"),
          aliased("drop_rate", unit(), "rate_drop"),
          ParameterSpec.whole("max_drop", -1, Integer.MAX_VALUE),
          aliased("skip_drop", unit()),
          ParameterSpec.flag("xgboost_dart_mode"),
          ParameterSpec.flag("uniform_drop"),
          seed("drop_seed"),
          aliased("top_rate", unit()),
          aliased("other_rate", unit()),
          aliased(
              "monotone_constraints",
              Constraints.MONOTONE,
              "mc",
              "monotone_constraint",
              "monotonic_cst"),
          aliased(
              "monotone_constraints_method",
              choice("basic", "intermediate", "advanced"),
              "monotone_constraining_method",
              "mc_method"),
          ParameterSpec.atLeast(
              "monotone_penalty", 0, "monotone_splits_penalty", "ms_penalty", "mc_penalty"),
          aliased(
              "feature_contri",
              new Domain.ListOf(new Domain.Real(0, true, INFINITE), 1_000_000),
              "feature_contrib",
              "fc",
              "fp",
              "feature_penalty"),
          Constraints.INTERACTION,
          ParameterSpec.atLeast("path_smooth", 0),
          ParameterSpec.whole("max_bin", 2, 65_535, "max_bins"),
          ParameterSpec.whole("min_data_in_bin", 1, Integer.MAX_VALUE),
          ParameterSpec.whole(
              "bin_construct_sample_cnt", 1, Integer.MAX_VALUE, "subsample_for_bin"),
          seed("data_random_seed", "data_seed"),
          ParameterSpec.flag("feature_pre_filter"),
          ParameterSpec.flag("use_missing"),
          ParameterSpec.flag("boost_from_average"),
          seed("seed", "random_seed", "random_state"),
          ParameterSpec.whole(
              "num_threads", -1, 1024, "num_thread", "nthread", "nthreads", "n_jobs"),
          ParameterSpec.whole("verbosity", -10, 10, "verbose"));

  static final List<ParameterSpec> REGRESSION =
      with(
          objective(
              "regression",
              "regression_l2",
              "l2",
              "mean_squared_error",
              "mse",
              "l2_root",
              "root_mean_squared_error",
              "rmse",
              "regression_l1",
              "l1",
              "mean_absolute_error",
              "mae",
              "huber",
              "fair",
              "poisson",
              "quantile",
              "mape",
              "mean_absolute_percentage_error",
              "gamma",
              "tweedie",
              "cross_entropy",
              "xentropy"),
          metric(
              "l1",
              "l2",
              "rmse",
              "quantile",
              "mape",
              "huber",
              "fair",
              "poisson",
              "gamma",
              "gamma_deviance",
              "tweedie",
              "cross_entropy"),
          ParameterSpec.positive("alpha"),
          ParameterSpec.positive("fair_c"),
          ParameterSpec.positive("poisson_max_delta_step"),
          aliased("tweedie_variance_power", new Domain.Real(1, true, Math.nextDown(2))));

  static final List<ParameterSpec> CLASSIFICATION =
      with(
          objective("binary", "multiclass", "softmax"),
          metric(
              "auc",
              "average_precision",
              "binary_logloss",
              "binary_error",
              "multi_logloss",
              "multi_error"),
          aliased("is_unbalance", new Domain.Flag(), "unbalance", "unbalanced_sets"),
          ParameterSpec.positive("scale_pos_weight"),
          ParameterSpec.positive("sigmoid"),
          ParameterSpec.share(
              "pos_bagging_fraction", "pos_sub_row", "pos_subsample", "pos_bagging"),
          ParameterSpec.share(
              "neg_bagging_fraction", "neg_sub_row", "neg_subsample", "neg_bagging"),
          ParameterSpec.classWeight());

  static final List<ParameterSpec> RANK =
      with(
          objective("lambdarank", "rank_xendcg"),
          metric("ndcg", "map"),
          seed("objective_seed"),
          ParameterSpec.whole("lambdarank_truncation_level", 1, Integer.MAX_VALUE),
          ParameterSpec.flag("lambdarank_norm"),
          aliased("label_gain", new Domain.ListOf(new Domain.Real(0, true, INFINITE), 10_000)));

  private LightgbmParameters() {}

  private static List<ParameterSpec> with(ParameterSpec... more) {
    List<ParameterSpec> all = new ArrayList<>(COMMON);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  private static ParameterSpec objective(String... values) {
    return aliased("objective", choice(values), "objective_type", "app", "application", "loss");
  }

  private static ParameterSpec metric(String... values) {
    return aliased("metric", choice(values), "eval_metric");
  }

  private static Domain choice(String... values) {
    return new Domain.Choice(List.of(values));
  }

  private static Domain unit() {
    return new Domain.Real(0, true, 1);
  }

  private static ParameterSpec seed(String name, String... aliases) {
    return ParameterSpec.whole(name, 0, Integer.MAX_VALUE, aliases);
  }

  private static ParameterSpec aliased(String name, Domain domain, String... aliases) {
    return new ParameterSpec(name, List.of(aliases), domain);
  }
}
