"""Reference figures of trees, forests and boosting: writes tree-scores.csv.

scikit-learn 1.2.1 (Debian), lightgbm 4.3.0, xgboost-cpu 3.0.4 (PyPI).
Protocol: features as float32, the first 75 % of the rows train, the last 25 % (rounded) test.
Weights "mod3": row i counts 1 + i % 3. Where the result depends on random_state, the value is the
mean over seeds 0..9 and the tolerance four standard deviations (at least the case's own).
usage: python tree_reference.py DIRECTORY_OF_CSV_DATA_SETS > tree-scores.csv
"""
import json
import sys
import warnings

import lightgbm as lgb
import numpy as np
import xgboost as xgb
from sklearn import ensemble, tree
from sklearn.metrics import accuracy_score, log_loss, r2_score

warnings.filterwarnings("ignore")
DATA = sys.argv[1]


def load(name):
    a = np.loadtxt(f"{DATA}/{name}.csv", delimiter=",", skiprows=1)
    n = len(a)
    cut = n - int(round(n * 0.25))
    x, y = a[:, :-1].astype(np.float32), a[:, -1]
    return x[:cut], y[:cut], x[cut:], y[cut:]


def ordered(name):
    """iris and wine are sorted by class: every fourth row tests."""
    a = np.loadtxt(f"{DATA}/{name}.csv", delimiter=",", skiprows=1)
    test = np.arange(len(a)) % 4 == 3
    x, y = a[:, :-1].astype(np.float32), a[:, -1]
    return x[~test], y[~test], x[test], y[test]


def sets(name):
    return ordered(name) if name in ("iris", "wine") else load(name)


def weights(kind, n):
    return 1.0 + np.arange(n) % 3 if kind == "mod3" else None


def emit(algorithm, task, name, kind, params, values, tolerance, how):
    for metric, runs in values.items():
        spread = 4 * float(np.std(runs)) if len(runs) > 1 else 0
        row = [algorithm, task, name, kind or "none", json.dumps(params), metric,
               f"{np.mean(runs):.6f}", f"{max(tolerance, spread):.2g}", how]
        print(";".join(row))


def scores(task, y, value, proba):
    if task == "regression":
        return {"r2": r2_score(y, value)}
    out = {"accuracy": accuracy_score(y, value)}
    if proba is not None:
        out["log_loss"] = log_loss(y, np.clip(proba.astype(float), 1e-15, 1))
    return out


def collect(runs):
    return {k: [r[k] for r in runs] for k in runs[0]}


def sk(algorithm, cls, task, name, params, kind=None, tolerance=1e-3, seeds=10, fixed=None, proba=True):
    x, y, xt, yt = sets(name)
    runs = []
    for seed in range(seeds):
        p = dict(params)
        p.update(fixed or {})
        if "class_weight" in p and isinstance(p["class_weight"], dict):
            p["class_weight"] = {{"false": 0.0, "true": 1.0}.get(k): v for k, v in p["class_weight"].items()}
        m = cls(random_state=seed, **p) if seeds > 1 else cls(**p)
        w = weights(kind, len(y))
        m.fit(x, y) if w is None else m.fit(x, y, sample_weight=w)
        pr = m.predict_proba(xt) if task == "classification" and proba else None
        runs.append(scores(task, yt, m.predict(xt), pr))
    emit(algorithm, task, name, kind, params, collect(runs), tolerance,
         f"sklearn 1.2.1 {cls.__name__}" + (f" seeds 0-{seeds - 1}" if seeds > 1 else ""))


def lg(task, name, params, kind=None, tolerance=1e-4):
    x, y, xt, yt = sets(name)
    p = {"n_estimators": 100, "seed": 7, "deterministic": True, "force_row_wise": True, "num_threads": 1,
         "verbosity": -1}
    p.update(params)
    if "class_weight" in p and isinstance(p["class_weight"], dict):
        p["class_weight"] = {{"false": 0.0, "true": 1.0}.get(k): v for k, v in p["class_weight"].items()}
    cls = lgb.LGBMRegressor if task == "regression" else lgb.LGBMClassifier
    if "seed" in p:
        p["random_state"] = p.pop("seed")
    # scikit-learn's wrapper has other names for what the library calls otherwise
    for a, b in (("min_data_in_leaf", "min_child_samples"), ("lambda_l1", "reg_alpha"), ("lambda_l2", "reg_lambda")):
        if a in p:
            p[b] = p.pop(a)
    m = cls(**p)
    m.fit(x, y, sample_weight=weights(kind, len(y)))
    pr = m.predict_proba(xt) if task == "classification" else None
    emit("lightgbm", task, name, kind, params, collect([scores(task, yt, m.predict(xt), pr)]), tolerance, "lightgbm 4.3.0")


def xg(task, name, params, kind=None, tolerance=1e-4, algorithm="xgboost"):
    x, y, xt, yt = sets(name)
    k = len(np.unique(y))
    p = {"seed": 7, "nthread": 1, "verbosity": 0, "base_score": 0.5, "tree_method": "exact"}
    p.update(params)
    rounds = p.pop("n_estimators", 100)
    if algorithm == "xgboost_random_forest":
        for a, b in (("eta", 1.0), ("subsample", 0.8), ("colsample_bynode", 0.8), ("lambda", 1e-5), ("num_parallel_tree", rounds)):
            p.setdefault(a, b)
        p["tree_method"] = "hist"
        rounds = 1
    if p.get("booster") == "gblinear":
        del p["tree_method"]
        p.setdefault("updater", "coord_descent")
    if task == "regression":
        p.setdefault("objective", "reg:squarederror")
    elif k == 2:
        p.setdefault("objective", "binary:logistic")
    else:
        p.setdefault("objective", "multi:softprob")
        p["num_class"] = k
    if "monotone_constraints" in p:
        p["monotone_constraints"] = "(" + ",".join(map(str, p["monotone_constraints"])) + ")"
    if "interaction_constraints" in p:
        p["interaction_constraints"] = json.dumps(p["interaction_constraints"])
    d = xgb.DMatrix(x, y, weight=weights(kind, len(y)))
    b = xgb.train(p, d, rounds)
    v = b.predict(xgb.DMatrix(xt))
    pr = None
    if task == "classification":
        if p["objective"] == "binary:hinge":
            pass
        elif k == 2:
            pr = np.column_stack([1 - v, v])
            v = (v > 0.5).astype(float)
        else:
            pr = v / v.sum(axis=1, keepdims=True)
            v = v.argmax(axis=1)
    emit(algorithm, task, name, kind, params, collect([scores(task, yt, v, pr)]), tolerance, "xgboost 3.0.4")


R, C = "regression", "classification"

# lightgbm
lg(R, "diabetes", {})
lg(R, "diabetes", {}, "mod3")
lg(R, "diabetes", {"objective": "regression_l1"})
lg(R, "diabetes", {"objective": "poisson", "num_leaves": 7})
lg(R, "diabetes", {"num_leaves": 5, "learning_rate": 0.05, "lambda_l1": 1.0, "lambda_l2": 3.0, "min_data_in_leaf": 10})
lg(R, "diabetes", {"subsample": 0.7, "subsample_freq": 1, "colsample_bytree": 0.6})
lg(R, "diabetes", {"monotone_constraints": [0, 0, 1, 1, 0, 0, 0, 0, 1, 0]})
lg(R, "diabetes", {"boosting_type": "dart", "n_estimators": 30})
lg(C, "breast_cancer", {})
lg(C, "breast_cancer", {"class_weight": "balanced"})
lg(C, "breast_cancer", {"class_weight": {"false": 1.0, "true": 5.0}}, "mod3")
lg(C, "iris", {})
lg(C, "wine", {"num_leaves": 4})
lg(C, "digits", {"n_estimators": 30})

# xgboost
xg(R, "diabetes", {})
xg(R, "diabetes", {}, "mod3")
xg(R, "diabetes", {"subsample": 0.7, "colsample_bytree": 0.6, "seed": 3})
xg(R, "diabetes", {"booster": "dart", "rate_drop": 0.3, "n_estimators": 30})
xg(R, "diabetes", {"booster": "gblinear"})
xg(R, "diabetes", {"booster": "gblinear", "lambda": 0.1, "alpha": 1.0, "n_estimators": 50}, "mod3")
xg(R, "diabetes", {"objective": "count:poisson", "max_depth": 3})
xg(R, "diabetes", {"objective": "reg:tweedie", "tweedie_variance_power": 1.2, "max_depth": 3})
xg(R, "diabetes", {"objective": "reg:gamma", "max_depth": 3})
xg(R, "diabetes", {"objective": "reg:quantileerror", "quantile_alpha": 0.5, "tree_method": "hist"})
xg(R, "diabetes", {"monotone_constraints": [0, 0, 1, 1, 0, 0, 0, 0, 1, 0]})
xg(R, "diabetes", {"interaction_constraints": [[0, 1, 2], [3, 8]], "tree_method": "hist"})
xg(R, "diabetes", {"num_parallel_tree": 4, "subsample": 0.5, "n_estimators": 20})
xg(R, "diabetes", {"grow_policy": "lossguide", "max_leaves": 8, "max_depth": 0, "tree_method": "hist"})
xg(C, "breast_cancer", {})
xg(C, "breast_cancer", {"scale_pos_weight": 3.0})
xg(C, "breast_cancer", {"booster": "gblinear"}, tolerance=1e-3)
xg(C, "breast_cancer", {"objective": "binary:hinge"})
xg(C, "iris", {})
xg(C, "digits", {"n_estimators": 20})
xg(R, "diabetes", {}, algorithm="xgboost_random_forest")

# our own
E = ensemble
sk("ada_boost", E.AdaBoostRegressor, R, "diabetes", {})
sk("ada_boost", E.AdaBoostRegressor, R, "diabetes", {"loss": "square", "learning_rate": 0.5})
sk("ada_boost", E.AdaBoostRegressor, R, "diabetes", {"loss": "exponential", "n_estimators": 20})
for name in ("breast_cancer", "iris", "wine", "digits"):
    # iris: two features split equally well; which one is drawn changes what follows, and
    # scikit-learn's draws are alike from round to round
    sk("ada_boost", E.AdaBoostClassifier, C, name, {}, tolerance=0.12 if name == "iris" else 2e-3)
    sk("ada_boost", E.AdaBoostClassifier, C, name, {"n_estimators": 1}, tolerance=2e-3)
    sk("ada_boost", E.AdaBoostClassifier, C, name, {"algorithm": "SAMME"}, tolerance=2e-3)
sk("ada_boost", E.AdaBoostClassifier, C, "breast_cancer", {"n_estimators": 20, "learning_rate": 0.5}, "mod3", tolerance=2e-3)

H = "hist_gradient_boosting"
sk(H, E.HistGradientBoostingRegressor, R, "diabetes", {}, tolerance=5e-3, seeds=1)
sk(H, E.HistGradientBoostingRegressor, R, "diabetes", {}, "mod3", tolerance=5e-3, seeds=1)
sk(H, E.HistGradientBoostingRegressor, R, "diabetes", {"max_leaf_nodes": 7, "l2_regularization": 5.0, "learning_rate": 0.05, "min_samples_leaf": 10, "max_bins": 30}, tolerance=5e-3, seeds=1)
sk(H, E.HistGradientBoostingRegressor, R, "diabetes", {"loss": "poisson", "max_depth": 3}, tolerance=5e-3, seeds=1)
sk(H, E.HistGradientBoostingRegressor, R, "diabetes", {"loss": "absolute_error"}, tolerance=1e-2, seeds=1)
sk(H, E.HistGradientBoostingRegressor, R, "diabetes", {"monotonic_cst": [0, 0, 1, 1, 0, 0, 0, 0, 1, 0]}, tolerance=1e-2, seeds=1)
sk(H, E.HistGradientBoostingClassifier, C, "breast_cancer", {}, tolerance=1e-2, seeds=1)
sk(H, E.HistGradientBoostingClassifier, C, "iris", {}, tolerance=2e-2, seeds=1)
sk(H, E.HistGradientBoostingClassifier, C, "wine", {"max_iter": 30}, tolerance=2e-2, seeds=1)

D = "decision_tree"
sk(D, tree.DecisionTreeRegressor, R, "diabetes", {"max_depth": 3})
sk(D, tree.DecisionTreeRegressor, R, "diabetes", {"max_depth": 3}, "mod3")
sk(D, tree.DecisionTreeRegressor, R, "diabetes", {"max_leaf_nodes": 8})
sk(D, tree.DecisionTreeRegressor, R, "diabetes", {"min_impurity_decrease": 50.0})
sk(D, tree.DecisionTreeRegressor, R, "diabetes", {"criterion": "poisson", "max_depth": 3})
for name in ("breast_cancer", "iris", "wine", "digits"):
    sk(D, tree.DecisionTreeClassifier, C, name, {"max_depth": 3})
    sk(D, tree.DecisionTreeClassifier, C, name, {"criterion": "entropy", "max_leaf_nodes": 6})
sk(D, tree.DecisionTreeClassifier, C, "breast_cancer", {"class_weight": "balanced", "max_depth": 3})
sk(D, tree.DecisionTreeClassifier, C, "digits", {"class_weight": "balanced", "max_depth": 3}, "mod3")

F = "random_forest"
sk(F, E.RandomForestRegressor, R, "diabetes", {}, tolerance=5e-3)
sk(F, E.RandomForestRegressor, R, "diabetes", {"max_leaf_nodes": 16, "max_samples": 0.5, "max_features": "sqrt"})
sk(F, E.RandomForestRegressor, R, "diabetes", {"criterion": "poisson", "min_samples_leaf": 3})
sk(F, E.RandomForestRegressor, R, "diabetes", {}, "mod3", tolerance=5e-3)
sk(F, E.RandomForestClassifier, C, "breast_cancer", {"criterion": "entropy"})
sk(F, E.RandomForestClassifier, C, "digits", {"class_weight": "balanced_subsample", "n_estimators": 50})
sk("extra_trees", E.ExtraTreesRegressor, R, "diabetes", {}, tolerance=5e-3)
sk("extra_trees", E.ExtraTreesRegressor, R, "diabetes", {"bootstrap": True, "max_leaf_nodes": 20})
sk("extra_trees", E.ExtraTreesClassifier, C, "digits", {"n_estimators": 50})
sk("bagging", E.BaggingRegressor, R, "diabetes", {"n_estimators": 50})
sk("bagging", E.BaggingRegressor, R, "diabetes", {"n_estimators": 50, "max_samples": 0.5, "max_features": 0.6, "bootstrap": False})
sk("bagging", E.BaggingClassifier, C, "digits", {"n_estimators": 30, "max_features": 0.5, "bootstrap_features": True})

G = "gradient_boosting_trees"
sk(G, E.GradientBoostingRegressor, R, "diabetes", {}, tolerance=5e-3)
sk(G, E.GradientBoostingRegressor, R, "diabetes", {}, "mod3", tolerance=5e-3)
sk(G, E.GradientBoostingRegressor, R, "diabetes", {"loss": "absolute_error"}, tolerance=5e-3)
sk(G, E.GradientBoostingRegressor, R, "diabetes", {"loss": "huber", "alpha": 0.8}, tolerance=5e-3)
sk(G, E.GradientBoostingRegressor, R, "diabetes", {"loss": "quantile", "alpha": 0.5}, tolerance=5e-3)
sk(G, E.GradientBoostingRegressor, R, "diabetes", {"subsample": 0.5, "max_leaf_nodes": 6})
sk(G, E.GradientBoostingClassifier, C, "breast_cancer", {"loss": "exponential"}, tolerance=5e-3)
sk(G, E.GradientBoostingClassifier, C, "breast_cancer", {"n_estimators": 30}, "mod3", tolerance=5e-3)
sk(G, E.GradientBoostingClassifier, C, "wine", {"n_estimators": 20}, tolerance=5e-3)
