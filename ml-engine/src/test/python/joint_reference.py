"""Writes ../resources/reference/joint.csv: several targets at once, by scikit-learn 1.2.1 and XGBoost 1.7.4.

Run with Debian's python3-sklearn and python3-xgboost:  /usr/bin/python3 joint_reference.py
linnerud, all three targets; the last quarter of the rows is held out; features are cast to float32 first. r2 is the
mean of the targets' (uniform_average). The engine learns one model for each target, hence MultiOutputRegressor where
scikit-learn's own way shares something between targets (trees). No boosted trees of scikit-learn: among equally good
splits, which 15 rows have many of, it draws one.
"""
import warnings
from pathlib import Path

import numpy as np
from sklearn import linear_model, neighbors, svm, tree, kernel_ridge
from sklearn.metrics import r2_score
from sklearn.multioutput import MultiOutputRegressor
from xgboost import XGBRegressor

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
cells = np.genfromtxt(HERE / "../../main/resources/org/pglynx/ml/datasets/linnerud.csv", delimiter=",", skip_header=1)
x, y = cells[:, :3].astype(np.float32).astype(np.float64), cells[:, 3:]
held = round(len(x) * 0.25)

CASES = [
    ("linear", "{}", linear_model.LinearRegression(), 1e-4),
    ("ridge", "{}", linear_model.Ridge(), 1e-4),
    ("lasso", "{}", linear_model.Lasso(), 1e-3),
    ("elastic_net", "{}", linear_model.ElasticNet(), 1e-3),
    ("bayesian_ridge", "{}", linear_model.BayesianRidge(), 1e-3),
    ("orthogonal_matching_pursuit", '{"n_nonzero_coefs": 2}', linear_model.OrthogonalMatchingPursuit(n_nonzero_coefs=2), 1e-4),
    ("kernel_ridge", "{}", kernel_ridge.KernelRidge(), 1e-3),
    ("knn", "{}", neighbors.KNeighborsRegressor(), 1e-4),
    ("svm", "{}", svm.SVR(), 1e-3),
    ("decision_tree", '{"max_depth": 2}', tree.DecisionTreeRegressor(max_depth=2, random_state=0), 1e-4),
    ("xgboost", '{"n_estimators": 10, "max_depth": 3}',
     XGBRegressor(n_estimators=10, max_depth=3, tree_method="exact", base_score=0.5), 1e-4),
]

lines = ["algorithm;data;hyperparameters;r2;tolerance"]
for name, hyperparameters, model, tolerance in CASES:
    fitted = MultiOutputRegressor(model).fit(x[:-held], y[:-held])
    score = r2_score(y[-held:], fitted.predict(x[-held:]))
    lines.append(f"{name};linnerud;{hyperparameters};{score:.6f};{tolerance:g}")
(HERE / "../resources/reference/joint.csv").write_text("\n".join(lines) + "\n")
