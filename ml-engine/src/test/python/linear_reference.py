"""Fits linear models with scikit-learn 1.2.1 and prints the figures that LinearReferenceTest compares with.

Usage, in the directory of this file:
    python3 linear_reference.py > ../resources/reference/linear-models.tsv

Rows of fold 0 are held out, all others train. Options: "scaled" (columns to mean 0 and deviation 1 of the training
rows), "weighted" (row i counts 0.5 + i % 4), "small" (the first 8 training rows and 10 features: fewer rows than
features and an intercept). Features are float32.
"""
import json
import warnings

import numpy as np
from sklearn import linear_model as lm
from sklearn import svm

warnings.filterwarnings("ignore")
DATA = "../../main/resources/org/pglynx/ml/datasets/"
FOLDS = "../resources/reference/"


def load(name):
    table = np.loadtxt(DATA + name + ".csv", delimiter=",", skiprows=1, dtype=str)
    table = np.where(table == "t", "1", np.where(table == "f", "0", table)).astype(float)
    if name == "wine":  # load_dataset has PostgresML's order: hue before color_intensity
        table[:, [9, 10]] = table[:, [10, 9]]
    folds = np.loadtxt(FOLDS + name + ".fold.csv", skiprows=1, dtype=int)
    return table[:, :-1].astype(np.float32).astype(float), table[:, -1], folds


def split(name, options):
    x, y, folds = load(name)
    train, test = folds != 0, folds == 0
    if "scaled" in options:
        mean, deviation = x[train].mean(0), x[train].std(0)
        deviation[deviation == 0] = 1
        x = ((x - mean) / deviation).astype(np.float32).astype(float)
    rows = np.flatnonzero(train)
    if "small" in options:
        rows = rows[:8]
    weights = 0.5 + np.arange(len(rows)) % 4 if "weighted" in options else None
    return x[rows], y[rows], weights, x[test], y[test]


def numbers(values):
    return " ".join(f"{value:.10g}" for value in np.ravel(values))


def line(algorithm, task, name, options, ours, theirs, tolerance):
    """One line of the table; theirs is the estimator, ours the hyperparameters in SQL."""
    x, y, weights, held, labels = split(name, options)
    model = theirs.fit(x, y) if weights is None else theirs.fit(x, y, sample_weight=weights)
    core = getattr(model, "estimator_", model)
    shown = str(theirs).replace("\n", " ")
    while "  " in shown:
        shown = shown.replace("  ", " ")
    print("\t".join([
        algorithm, task, name, " ".join(options) or "-", json.dumps(ours), str(tolerance),
        f"{model.score(held, labels):.6f}", numbers(core.intercept_), numbers(core.coef_), shown]))


def regression(algorithm, estimator, tolerance=1e-4, ours=None, options=(), data="diabetes"):
    line(algorithm, "regression", data, options, ours or {}, estimator, tolerance)


def classification(algorithm, estimator, tolerance=1e-4, ours=None, options=(), sets=("breast_cancer", "iris")):
    for data in sets:
        line(algorithm, "classification", data, options, ours or {}, estimator, tolerance)


print("algorithm\ttask\tdata\toptions\thyperparams\ttolerance\tscore\tintercepts\tweights\thow")
regression("least_angle", lm.Lars())
for size in ((), ("small",)):
    regression("lasso_least_angle", lm.LassoLars(), options=size)
    regression("orthogonal_matching_pursuit", lm.OrthogonalMatchingPursuit(), options=size)
    regression("bayesian_ridge", lm.BayesianRidge(), options=size)
for scaled in ((), ("scaled",)):
    regression("least_angle", lm.Lars(n_nonzero_coefs=4), ours={"n_nonzero_coefs": 4}, options=scaled)
    regression("lasso_least_angle", lm.LassoLars(alpha=0.01), ours={"alpha": 0.01}, options=scaled)
    regression("lasso_least_angle", lm.LassoLars(alpha=0.1, positive=True), ours={"alpha": 0.1, "positive": True}, options=scaled)
    regression("orthogonal_matching_pursuit", lm.OrthogonalMatchingPursuit(n_nonzero_coefs=5), ours={"n_nonzero_coefs": 5}, options=scaled)
regression("least_angle", lm.Lars(fit_intercept=False), ours={"fit_intercept": False}, options=("scaled",))
regression("orthogonal_matching_pursuit", lm.OrthogonalMatchingPursuit(tol=1e6), ours={"tol": 1e6}, options=("scaled",))
regression("bayesian_ridge", lm.BayesianRidge(), options=("weighted",))
regression("bayesian_ridge", lm.BayesianRidge(), options=("scaled",))
regression("bayesian_ridge", lm.BayesianRidge(alpha_init=1, lambda_init=1e-3, n_iter=3), ours={"alpha_init": 1, "lambda_init": 1e-3, "n_iter": 3}, options=("scaled",))
# Not "small": with fewer rows than features scikit-learn's pinvh cuts off eigenvalues of 1/alpha and ends elsewhere.
regression("automatic_relevance_determination", lm.ARDRegression())
regression("automatic_relevance_determination", lm.ARDRegression(), options=("scaled",))
regression("automatic_relevance_determination", lm.ARDRegression(threshold_lambda=1, fit_intercept=False), ours={"threshold_lambda": 1, "fit_intercept": False})

SGD = lm.SGDRegressor
for options, estimator, ours in (
        ((), SGD(random_state=3), {"random_state": 3}),
        (("weighted",), SGD(random_state=3), {"random_state": 3}),
        ((), SGD(loss="huber", epsilon=5, penalty="l1", alpha=0.1, random_state=1), {"loss": "huber", "epsilon": 5, "penalty": "l1", "alpha": 0.1, "random_state": 1}),
        ((), SGD(loss="epsilon_insensitive", penalty="elasticnet", l1_ratio=0.3, learning_rate="constant", random_state=1), {"loss": "epsilon_insensitive", "penalty": "elasticnet", "l1_ratio": 0.3, "learning_rate": "constant", "random_state": 1}),
        ((), SGD(loss="squared_epsilon_insensitive", learning_rate="adaptive", fit_intercept=False, random_state=2), {"loss": "squared_epsilon_insensitive", "learning_rate": "adaptive", "fit_intercept": False, "random_state": 2}),
        ((), SGD(average=50, learning_rate="optimal", alpha=1, shuffle=False, penalty=None), {"average": 50, "learning_rate": "optimal", "alpha": 1, "shuffle": False, "penalty": None}),
        ((), SGD(tol=None, max_iter=7, power_t=0.1, random_state=9), {"tol": None, "max_iter": 7, "power_t": 0.1, "random_state": 9}),
        ((), SGD(early_stopping=True, validation_fraction=0.2, random_state=5), {"early_stopping": True, "validation_fraction": 0.2, "random_state": 5})):
    regression("stochastic_gradient_descent", estimator, ours=ours, options=("scaled",) + options)
PA = lm.PassiveAggressiveRegressor
regression("passive_aggressive", PA(random_state=1), ours={"random_state": 1})
regression("passive_aggressive", PA(random_state=1, C=0.1, loss="squared_epsilon_insensitive", epsilon=2, average=True), ours={"random_state": 1, "C": 0.1, "loss": "squared_epsilon_insensitive", "epsilon": 2, "average": True}, options=("scaled",))

SGDC = lm.SGDClassifier
MANY = ("breast_cancer", "iris", "wine")
for loss in ("hinge", "log_loss", "modified_huber", "squared_hinge", "perceptron", "squared_error", "huber", "epsilon_insensitive", "squared_epsilon_insensitive"):
    classification("stochastic_gradient_descent", SGDC(loss=loss, random_state=4, alpha=0.01), ours={"loss": loss, "random_state": 4, "alpha": 0.01}, options=("scaled",), sets=("breast_cancer", "iris"))
classification("stochastic_gradient_descent", SGDC(random_state=11), ours={"random_state": 11}, sets=MANY)
classification("stochastic_gradient_descent", SGDC(random_state=11, class_weight="balanced", penalty="l1"), ours={"random_state": 11, "class_weight": "balanced", "penalty": "l1"}, options=("scaled", "weighted"), sets=MANY)
classification("stochastic_gradient_descent", SGDC(random_state=11, class_weight={1: 5.0}, average=True, learning_rate="invscaling", eta0=0.1), ours={"random_state": 11, "class_weight": {"1": 5}, "average": True, "learning_rate": "invscaling", "eta0": 0.1}, options=("scaled",), sets=("iris",))
classification("perceptron", lm.Perceptron(), sets=MANY + ("digits",))
classification("perceptron", lm.Perceptron(penalty="elasticnet", eta0=0.5, class_weight="balanced"), ours={"penalty": "elasticnet", "eta0": 0.5, "class_weight": "balanced"}, options=("scaled", "weighted"), sets=MANY)
classification("passive_aggressive", lm.PassiveAggressiveClassifier(random_state=2), ours={"random_state": 2}, sets=MANY + ("digits",))
classification("passive_aggressive", lm.PassiveAggressiveClassifier(random_state=2, loss="squared_hinge", C=0.3, class_weight="balanced", tol=1e-4), ours={"random_state": 2, "loss": "squared_hinge", "C": 0.3, "class_weight": "balanced", "tol": 1e-4}, options=("scaled",), sets=MANY)

# Solvers that stop short are made to reach the minimum: more iterations, a smaller tol; scaled columns where that alone does not help.
LONG = dict(max_iter=1000000, tol=1e-10)
for options in (("scaled",), ("scaled", "weighted"), ("scaled", "small")):
    regression("linear_svm", svm.LinearSVR(**LONG), options=options, tolerance=1e-3)
    regression("linear_svm", svm.LinearSVR(C=0.1, epsilon=20, **LONG), ours={"C": 0.1, "epsilon": 20}, options=options, tolerance=1e-3)
    regression("linear_svm", svm.LinearSVR(loss="squared_epsilon_insensitive", epsilon=5, intercept_scaling=10, dual=False, **LONG), ours={"loss": "squared_epsilon_insensitive", "epsilon": 5, "intercept_scaling": 10, "dual": False}, options=options)
regression("linear_svm", svm.LinearSVR(loss="squared_epsilon_insensitive", dual=False, **LONG), ours={"loss": "squared_epsilon_insensitive", "dual": False})
classification("linear_svm", svm.LinearSVC(dual=False, **LONG), sets=("iris",))
for options in (("scaled",), ("scaled", "weighted")):
    classification("linear_svm", svm.LinearSVC(**LONG), options=options, sets=MANY)
    classification("linear_svm", svm.LinearSVC(loss="hinge", **LONG), ours={"loss": "hinge"}, options=options, sets=MANY, tolerance=1e-3)
classification("linear_svm", svm.LinearSVC(C=0.01, class_weight="balanced", dual=False, **LONG), ours={"C": 0.01, "class_weight": "balanced"}, options=("scaled",), sets=("breast_cancer", "digits"))
classification("linear_svm", svm.LinearSVC(fit_intercept=False, **LONG), ours={"fit_intercept": False}, options=("scaled",), sets=("wine",))

# On unscaled columns scikit-learn's search ends a little before the minimum.
regression("huber", lm.HuberRegressor(**LONG), tolerance=1e-2)
for options in (("scaled",), ("scaled", "weighted")):
    regression("huber", lm.HuberRegressor(**LONG), options=options, tolerance=1e-3)
regression("huber", lm.HuberRegressor(epsilon=1.1, alpha=5, fit_intercept=False, **LONG), ours={"epsilon": 1.1, "alpha": 5, "fit_intercept": False}, options=("scaled",), tolerance=1e-3)
for options in ((), ("scaled",), ("scaled", "weighted")):
    regression("quantile", lm.QuantileRegressor(solver="highs"), options=options)
    regression("quantile", lm.QuantileRegressor(solver="highs", quantile=0.9, alpha=0.05), ours={"quantile": 0.9, "alpha": 0.05}, options=options)
regression("quantile", lm.QuantileRegressor(solver="highs", quantile=0.25, alpha=0), ours={"quantile": 0.25, "alpha": 0, "solver": "highs"})
regression("quantile", lm.QuantileRegressor(solver="highs", alpha=0.1, fit_intercept=False), ours={"alpha": 0.1, "fit_intercept": False})
for options in ((), ("scaled",), ("scaled", "weighted")):
    regression("ransac", lm.RANSACRegressor(random_state=1), ours={"random_state": 1}, options=options)
regression("ransac", lm.RANSACRegressor(random_state=2, min_samples=0.5, residual_threshold=3000, loss="squared_error", max_trials=30), ours={"random_state": 2, "min_samples": 0.5, "residual_threshold": 3000, "loss": "squared_error", "max_trials": 30})
regression("theil_sen", lm.TheilSenRegressor(random_state=1, max_subpopulation=2000), ours={"random_state": 1, "max_subpopulation": 2000}, options=("scaled",))
regression("theil_sen", lm.TheilSenRegressor(random_state=1, n_subsamples=100, max_subpopulation=300), ours={"random_state": 1, "n_subsamples": 100, "max_subpopulation": 300})
regression("theil_sen", lm.TheilSenRegressor(random_state=1, n_subsamples=60, max_subpopulation=500, fit_intercept=False, tol=1e-6), ours={"random_state": 1, "n_subsamples": 60, "max_subpopulation": 500, "fit_intercept": False, "tol": 1e-6})

for options in ((), ("weighted",)):
    regression("linear", lm.LinearRegression(), options=options)
    regression("linear", lm.LinearRegression(positive=True), ours={"positive": True}, options=options)
    regression("ridge", lm.Ridge(alpha=10), ours={"alpha": 10, "solver": "cholesky"}, options=options)
    regression("ridge", lm.Ridge(alpha=10, positive=True, tol=1e-10, max_iter=100000), ours={"alpha": 10, "positive": True}, options=("scaled",) + options)
    regression("lasso", lm.Lasso(alpha=0.5, tol=1e-8), ours={"alpha": 0.5, "tol": 1e-8}, options=options)
    regression("lasso", lm.Lasso(alpha=0.5, positive=True, tol=1e-8), ours={"alpha": 0.5, "positive": True, "tol": 1e-8}, options=options)
    regression("elastic_net", lm.ElasticNet(alpha=0.2, l1_ratio=0.8, tol=1e-8), ours={"alpha": 0.2, "l1_ratio": 0.8, "tol": 1e-8}, options=("scaled",) + options)
    classification("ridge", lm.RidgeClassifier(class_weight="balanced"), ours={"class_weight": "balanced"}, options=options, sets=MANY)
    LONGER = dict(max_iter=100000, tol=1e-8)
    classification("linear", lm.LogisticRegression(**LONGER), ours={"tol": 1e-7}, options=("scaled",) + options, sets=MANY, tolerance=5e-4)
    classification("linear", lm.LogisticRegression(C=0.1, class_weight="balanced", multi_class="ovr", **LONGER), ours={"C": 0.1, "class_weight": "balanced", "multi_class": "ovr", "tol": 1e-7}, options=("scaled",) + options, sets=MANY)
    classification("linear", lm.LogisticRegression(penalty="l1", solver="saga", C=0.2, **LONGER), ours={"penalty": "l1", "solver": "saga", "C": 0.2, "tol": 1e-6}, options=("scaled",) + options, sets=MANY, tolerance=1e-3)
    classification("linear", lm.LogisticRegression(penalty="elasticnet", l1_ratio=0.5, solver="saga", C=0.2, fit_intercept=False, **LONGER), ours={"penalty": "elasticnet", "l1_ratio": 0.5, "C": 0.2, "fit_intercept": False, "tol": 1e-6}, options=("scaled",) + options, sets=MANY, tolerance=1e-3)
classification("linear", lm.LogisticRegression(class_weight={1: 3}, **LONGER), ours={"class_weight": {"1": 3}, "tol": 1e-7}, options=("scaled",), sets=("iris", "wine"))
