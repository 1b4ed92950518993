"""Writes ../resources/reference/fitted-*.jsonl: what scikit-learn 1.2.1 predicts, case by case.

Run with Debian's python3-sklearn:  python3 fitted_references.py [kernel|bayes|...]
Training rows are those of folds 1 to 4 of the data set's fold file, test rows those of fold 0. Features are
cast to float32 first, as the engine keeps them. "scaled" sets are standardised with the training rows' mean and
deviation before the cast. "weighted" cases give training row i the weight 0.5 + i mod 3.
Values are predictions (class indexes for classes) for all test rows; probabilities and decisions for the
first 40 of them.
"""
import json
import sys
import warnings
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
DATA = HERE / "../../main/resources/org/pglynx/ml/datasets"
REFERENCE = HERE / "../resources/reference"
SHOWN = 40


def load(name, scaled):
    cells = np.genfromtxt(DATA / f"{name}.csv", delimiter=",", skip_header=1)
    folds = np.genfromtxt(REFERENCE / f"{name}.fold.csv", skip_header=1)
    x, y = cells[:, :-1], cells[:, -1]
    if name == "wine":
        x[:, [9, 10]] = x[:, [10, 9]]  # PostgresML's table has hue before color_intensity
    train, test = folds != 0, folds == 0
    if scaled:
        deviation = x[train].std(axis=0)
        x = (x - x[train].mean(axis=0)) / np.where(deviation == 0, 1, deviation)
    x = x.astype(np.float32).astype(np.float64)
    return x[train], y[train], x[test], y[test]


def rounded(values, digits=9):
    return [float(f"%.{digits}g" % v) for v in np.asarray(values).ravel()]


class Cases:
    def __init__(self, name):
        self.path = REFERENCE / f"fitted-{name}.jsonl"
        self.lines = []

    def add(self, algorithm, data, model, hyperparams=None, scaled=False, weighted=False, tolerance=1e-3,
            proba=False, decisions=False, shift=0, transform=None):
        regression = data == "diabetes"
        x, y, tx, _ = load(data, scaled)
        if transform:
            x, tx = transform(x), transform(tx)
        weights = 0.5 + np.arange(len(y)) % 3
        labels = y if regression else y.astype(int)
        model.fit(x, labels, **({"sample_weight": weights} if weighted else {}))
        case = {
            "algorithm": algorithm,
            "set": data,
            "task": "regression" if regression else "classification",
            "hyperparams": hyperparams or {},
            "scaled": scaled,
            "weighted": weighted,
            "tolerance": tolerance,
        }
        predicted = model.predict(tx)
        case["values"] = rounded(predicted) if regression else [int(v) for v in predicted]
        if proba:
            case["proba"] = [rounded(p, 6) for p in model.predict_proba(tx[:SHOWN])]
        if decisions:
            case["decisions"] = [rounded(d) for d in model.decision_function(tx[:SHOWN])]
        self.lines.append(json.dumps(case, separators=(",", ":")))
        print(algorithm, data, case["hyperparams"], "weighted" if weighted else "")

    def save(self):
        self.path.write_text("\n".join(self.lines) + "\n")


CLASSES = ["breast_cancer", "iris", "wine", "digits"]


def kernel():
    from sklearn.svm import SVC, SVR, NuSVC, NuSVR

    cases = Cases("kernel")
    for data in CLASSES:
        for weighted in (False, True):
            cases.add("svm", data, SVC(decision_function_shape="ovo"), weighted=weighted, decisions=True)
    for data in ["breast_cancer", "iris", "wine"]:
        for given in [{"kernel": "linear"}, {"kernel": "poly"}, {"kernel": "poly", "degree": 2, "coef0": 1.5, "tol": 1e-5},
                      {"kernel": "sigmoid"}, {"gamma": "auto"}, {"C": 10, "gamma": 0.1},
                      {"class_weight": "balanced"}, {"class_weight": {"0": 3, "1": 0.5}}]:
            own = dict(given)
            if isinstance(own.get("class_weight"), dict):
                own["class_weight"] = {int(k): v for k, v in own["class_weight"].items()}
            cases.add("svm", data, SVC(decision_function_shape="ovo", **own), given, scaled=True, decisions=True)
    for data in ["breast_cancer", "iris", "wine", "digits"]:
        cases.add("nu_svm", data, NuSVC(tol=1e-5, decision_function_shape="ovo"), {"tol": 1e-5}, decisions=True,
                  scaled=data == "wine")  # not scaled, its margin is 0 but for rounding
        cases.add("nu_svm", data, NuSVC(nu=0.2, kernel="poly", tol=1e-5, decision_function_shape="ovo"),
                  {"nu": 0.2, "kernel": "poly", "tol": 1e-5}, scaled=True, weighted=True, decisions=True)
    for weighted in (False, True):
        for given in [{}, {"C": 100}, {"kernel": "linear", "C": 10}, {"kernel": "poly", "C": 10},
                      {"epsilon": 5, "C": 50}, {"kernel": "sigmoid", "gamma": 0.01}]:
            cases.add("svm", "diabetes", SVR(**given), given, scaled=True, weighted=weighted)
        for given in [{}, {"C": 100, "nu": 0.3}, {"kernel": "linear", "C": 10}]:
            cases.add("nu_svm", "diabetes", NuSVR(**given), given, scaled=True, weighted=weighted)
    cases.add("svm", "diabetes", SVR())
    cases.add("nu_svm", "diabetes", NuSVR())
    cases.save()


def gaussian():
    from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern
    from sklearn.kernel_ridge import KernelRidge

    cases = Cases("gaussian")
    for weighted in (False, True):
        for given in [{}, {"alpha": 0.1}, {"kernel": "rbf", "gamma": 0.05}, {"kernel": "laplacian"},
                      {"kernel": "poly", "degree": 2}, {"kernel": "cosine"},
                      {"kernel": "sigmoid", "gamma": 0.01, "coef0": 0}]:
            cases.add("kernel_ridge", "diabetes", KernelRidge(**given), given, scaled=True, weighted=weighted)
    cases.add("kernel_ridge", "diabetes", KernelRidge())

    def built(given):
        own = dict(given)
        kind = own.pop("kernel", None)
        constant, length, nu = own.pop("constant_value", 1), own.pop("length_scale", 1), own.pop("nu", 1.5)
        if kind:
            shape = RBF(length) if kind == "rbf" else Matern(length, nu=nu)
            own["kernel"] = ConstantKernel(constant) * shape
        return own

    for given in [{}, {"alpha": 1.0}, {"normalize_y": True, "alpha": 0.5},
                  {"kernel": "rbf", "alpha": 0.5, "normalize_y": True},
                  {"kernel": "matern", "nu": 2.5, "alpha": 0.5, "normalize_y": True},
                  {"kernel": "matern", "alpha": 0.7, "normalize_y": True},
                  {"kernel": "matern", "nu": 0.5, "alpha": 0.5, "normalize_y": True, "constant_value": 2.0,
                   "length_scale": 3.0, "optimizer": None}]:
        cases.add("gaussian_process", "diabetes", GaussianProcessRegressor(**built(given)), given, scaled=True)
    for data in ["breast_cancer", "iris", "wine"]:
        for given in [{}, {"kernel": "rbf", "constant_value": 3.0, "length_scale": 2.0, "optimizer": None},
                      {"kernel": "matern", "nu": 2.5, "length_scale": 4.0, "optimizer": None}]:
            cases.add("gaussian_process", data, GaussianProcessClassifier(**built(given)), given, scaled=True,
                      proba=True)
    for given in [{"kernel": "rbf"}, {"kernel": "matern"}]:
        cases.add("gaussian_process", "iris", GaussianProcessClassifier(**built(given)), given, scaled=True,
                  proba=True, tolerance=5e-3)
    cases.save()


def bayes():
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
    from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB

    cases = Cases("bayes")
    for data in CLASSES:
        k = {"breast_cancer": 2, "digits": 10}.get(data, 3)
        even = [1 / k] * k
        for weighted in (False, True):
            cases.add("naive_bayes", data, GaussianNB(), weighted=weighted, proba=True)
            cases.add("multinomial_naive_bayes", data, MultinomialNB(), weighted=weighted, proba=True)
            cases.add("complement_naive_bayes", data, ComplementNB(), weighted=weighted, proba=True)
            cases.add("bernoulli_naive_bayes", data, BernoulliNB(), scaled=True, weighted=weighted, proba=True)
        cases.add("gaussian_naive_bayes", data, GaussianNB(var_smoothing=1e-6, priors=even),
                  {"var_smoothing": 1e-6, "priors": even}, proba=True)
        cases.add("multinomial_naive_bayes", data, MultinomialNB(alpha=0.1, fit_prior=False),
                  {"alpha": 0.1, "fit_prior": False}, proba=True)
        cases.add("complement_naive_bayes", data, ComplementNB(norm=True), {"norm": True}, proba=True)
        cases.add("bernoulli_naive_bayes", data, BernoulliNB(binarize=3.0, alpha=0.5, class_prior=even),
                  {"binarize": 3.0, "alpha": 0.5, "class_prior": even}, proba=True)
        for given in [{}, {"solver": "lsqr", "shrinkage": "auto"}, {"solver": "lsqr", "shrinkage": 0.3},
                      {"solver": "eigen", "shrinkage": 0.1, "priors": even}, {"priors": even}]:
            cases.add("lda", data, LinearDiscriminantAnalysis(**given), given, proba=True)
        cases.add("qda", data, QuadraticDiscriminantAnalysis(reg_param=0.1), {"reg_param": 0.1}, proba=True)
        if data != "digits":
            cases.add("linear_discriminant_analysis", data, LinearDiscriminantAnalysis(solver="lsqr"),
                      {"solver": "lsqr"}, proba=True)
            cases.add("quadratic_discriminant_analysis", data, QuadraticDiscriminantAnalysis(tol=1e-6),
                      {"tol": 1e-6}, proba=True)
    cases.save()


def neighbours():
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    cases = Cases("neighbours")
    given = [{}, {"weights": "distance"}, {"n_neighbors": 7, "metric": "manhattan", "weights": "distance"},
             {"metric": "chebyshev", "n_neighbors": 9}, {"metric": "cosine"}, {"p": 3, "weights": "distance"},
             {"p": 1, "n_neighbors": 1}]
    for each in given:
        largest = each.get("metric") == "chebyshev"  # often the same for several rows, where columns have few values
        if not largest:
            cases.add("knn", "diabetes", KNeighborsRegressor(**each), each, scaled=True)
        for data in ["breast_cancer", "wine"] if largest else CLASSES:
            proba = each.get("weights") == "distance"  # without, ties of whole numbers are decided by chance
            cases.add("knn", data, KNeighborsClassifier(**each), each, scaled=data != "digits", proba=proba)
    cases.save()


def neural():
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    cases = Cases("neural")

    def built(maker, given):
        own = {"random_state": 0, **given}
        if isinstance(own.get("hidden_layer_sizes"), list):
            own["hidden_layer_sizes"] = tuple(own["hidden_layer_sizes"])
        return maker(**own), {"random_state": 0, **given}

    for given in [{"max_iter": 30}, {"hidden_layer_sizes": [20, 10], "activation": "tanh", "max_iter": 60},
                  {"solver": "sgd", "learning_rate_init": 1e-4, "max_iter": 40, "hidden_layer_sizes": 30},
                  {"solver": "sgd", "learning_rate_init": 1e-4, "learning_rate": "invscaling",
                   "nesterovs_momentum": False, "activation": "logistic", "max_iter": 40},
                  {"activation": "identity", "alpha": 10, "batch_size": 32, "shuffle": False, "max_iter": 40},
                  {"early_stopping": True, "learning_rate_init": 0.05, "hidden_layer_sizes": 20}]:
        cases.add("mlp", "diabetes", *built(MLPRegressor, given), scaled=True)
    for data in CLASSES:
        for given in [{"max_iter": 50}, {"hidden_layer_sizes": [12, 8], "activation": "tanh", "max_iter": 60},
                      {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.05, "max_iter": 60,
                       "tol": 0.01, "n_iter_no_change": 3}]:
            cases.add("mlp", data, *built(MLPClassifier, given), scaled=True, proba=True)
    cases.save()


FAMILIES = {"kernel": kernel, "gaussian": gaussian, "bayes": bayes, "neighbours": neighbours, "neural": neural}

if __name__ == "__main__":
    for wanted in sys.argv[1:] or FAMILIES:
        FAMILIES[wanted]()
