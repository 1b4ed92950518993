package org.pglynx.ml.boost;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.ml.algo.Domain;
import org.pglynx.ml.algo.ParameterSpec;
import org.pglynx.ml.algo.Parameters;
import org.pglynx.ml.model.MlException;

/** XGBoost's hyperparameters under its own names and aliases. */
final class XgboostParameters {
  private static final Domain UNIT = new Domain.Real(0, true, 1);

  private static final List<ParameterSpec> COMMON =
      List.of(
          ParameterSpec.whole(
              "n_estimators", 1, 100_000, "num_boost_round", "boost_rounds", "num_round"),
          ParameterSpec.atLeast("eta", 0, "learning_rate"),
          ParameterSpec.atLeast("gamma", 0, "min_split_loss"),
          ParameterSpec.whole("max_depth", 0, 64),
          ParameterSpec.atLeast("min_child_weight", 0),
          ParameterSpec.atLeast("max_delta_step", 0),
          ParameterSpec.share("subsample"),
          ParameterSpec.share("colsample_bytree"),
          ParameterSpec.share("colsample_bylevel"),
          ParameterSpec.share("colsample_bynode"),
          ParameterSpec.atLeast("lambda", 0, "reg_lambda"),
          ParameterSpec.atLeast("alpha", 0, "reg_alpha"),
          ParameterSpec.choice("tree_method", "auto", "exact", "approx", "hist"),
          ParameterSpec.choice("grow_policy", "depthwise", "lossguide", "loss_guide"),
          ParameterSpec.whole("max_leaves", 0, 1_000_000),
          ParameterSpec.whole("max_bin", 2, 65_536),
          ParameterSpec.whole("num_parallel_tree", 1, 10_000),
          spec("monotone_constraints", Constraints.MONOTONE),
          Constraints.INTERACTION,
          ParameterSpec.choice("booster", "gbtree", "dart", "gblinear"),
          spec("rate_drop", UNIT),
          ParameterSpec.whole("one_drop", 0, 1),
          spec("skip_drop", UNIT),
          ParameterSpec.choice("sample_type", "uniform", "weighted"),
          ParameterSpec.choice("normalize_type", "tree", "forest"),
          ParameterSpec.choice("updater", "coord_descent"),
          ParameterSpec.choice("feature_selector", "cyclic", "shuffle", "greedy", "thrifty"),
          ParameterSpec.whole("top_k", 0, 1_000_000),
          ParameterSpec.choice("process_type", "default"),
          ParameterSpec.choice("predictor", "auto", "cpu_predictor"),
          ParameterSpec.number("base_score"),
          ParameterSpec.whole("early_stopping_rounds", 1, 100_000),
          spec("validation_fraction", new Domain.Real(0, false, 0.9)),
          ParameterSpec.whole("seed", 0, Integer.MAX_VALUE, "random_state"),
          ParameterSpec.whole("nthread", -1, 1024, "n_jobs"));

  static final List<ParameterSpec> REGRESSION =
      with(
          ParameterSpec.choice(
              "objective",
              "reg:squarederror",
              "reg:linear",
              "reg:squaredlogerror",
              "reg:absoluteerror",
              "reg:pseudohubererror",
              "reg:quantileerror",
              "reg:logistic",
              "count:poisson",
              "survival:cox",
              "reg:gamma",
              "reg:tweedie"),
          metric(
              "rmse",
              "rmsle",
              "mae",
              "mape",
              "mphe",
              "logloss",
              "poisson-nloglik",
              "gamma-nloglik",
              "gamma-deviance",
              "cox-nloglik",
              "quantile"),
          spec("tweedie_variance_power", new Domain.Real(1, false, Math.nextDown(2))),
          spec("quantile_alpha", new Domain.Real(0, false, Math.nextDown(1))),
          ParameterSpec.positive("huber_slope"));

  static final List<ParameterSpec> CLASSIFICATION =
      with(
          ParameterSpec.choice(
              "objective",
              "binary:logistic",
              "binary:logitraw",
              "binary:hinge",
              "multi:softmax",
              "multi:softprob"),
          metric("logloss", "error", "auc", "aucpr", "merror", "mlogloss"),
          ParameterSpec.positive("scale_pos_weight"));

  static final List<ParameterSpec> RANK =
      with(
          ParameterSpec.choice("objective", "rank:ndcg", "rank:pairwise", "rank:map"),
          metric("ndcg", "map", "pre", "auc"),
          ParameterSpec.choice("lambdarank_pair_method", "topk", "mean"),
          ParameterSpec.whole("lambdarank_num_pair_per_sample", 1, 1_000_000),
          ParameterSpec.flag("lambdarank_normalization"),
          ParameterSpec.flag("lambdarank_score_normalization"),
          ParameterSpec.flag("ndcg_exp_gain"));

  /** A forest's trees are all parallel and of one round. */
  private static final List<String> NOT_OF_FORESTS =
      List.of(
          "num_parallel_tree",
          "early_stopping_rounds",
          "validation_fraction",
          "eval_metric",
          "booster",
          "rate_drop",
          "one_drop",
          "skip_drop",
          "sample_type",
          "normalize_type",
          "updater",
          "feature_selector",
          "top_k");

  static final List<ParameterSpec> FOREST_REGRESSION = without(REGRESSION, NOT_OF_FORESTS);

  static final List<ParameterSpec> FOREST_CLASSIFICATION = without(CLASSIFICATION, NOT_OF_FORESTS);

  private static final List<String> OF_DART =
      List.of("rate_drop", "one_drop", "skip_drop", "sample_type", "normalize_type");

  private static final List<String> OF_LINEAR = List.of("updater", "feature_selector", "top_k");

  private static final List<String> OF_TREES =
      List.of(
          "gamma",
          "max_depth",
          "min_child_weight",
          "max_delta_step",
          "subsample",
          "colsample_bytree",
          "colsample_bylevel",
          "colsample_bynode",
          "tree_method",
          "grow_policy",
          "max_leaves",
          "max_bin",
          "num_parallel_tree",
          "monotone_constraints",
          "interaction_constraints",
          "early_stopping_rounds",
          "validation_fraction");

  private XgboostParameters() {}

  /**
   * Refuses what the booster would silently ignore.
   *
   * @throws MlException of kind BAD_HYPERPARAMETER
   */
  static void checkBooster(Parameters parameters) {
    String booster = parameters.choice("booster", "gbtree");
    if (!booster.equals("dart")) {
      refuse(parameters, OF_DART, booster);
    } else {
      refuse(parameters, List.of("early_stopping_rounds", "validation_fraction"), booster);
    }
    refuse(parameters, booster.equals("gblinear") ? OF_TREES : OF_LINEAR, booster);
    if (parameters.has("validation_fraction") && !parameters.has("early_stopping_rounds")) {
      throw new MlException(
          MlException.Kind.BAD_HYPERPARAMETER,
          "validation_fraction goes with early_stopping_rounds only");
    }
  }

  private static void refuse(Parameters parameters, List<String> names, String booster) {
    for (String name : names) {
      if (parameters.has(name)) {
        throw new MlException(
            MlException.Kind.BAD_HYPERPARAMETER,
            "hyperparameter \"%s\" does not go with booster \"%s\"".formatted(name, booster));
      }
    }
  }

  private static ParameterSpec spec(String name, Domain domain) {
    return new ParameterSpec(name, List.of(), domain);
  }

  private static ParameterSpec metric(String... names) {
    Domain one = new Domain.Choice(List.of(names));
    return spec("eval_metric", new Domain.Either(one, new Domain.ListOf(one, names.length)));
  }

  private static List<ParameterSpec> with(ParameterSpec... more) {
    List<ParameterSpec> all = new ArrayList<>(COMMON);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  private static List<ParameterSpec> without(List<ParameterSpec> specs, List<String> names) {
    return specs.stream().filter(spec -> !names.contains(spec.name())).toList();
  }
}
