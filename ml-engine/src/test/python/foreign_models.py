"""Writes the model files that ForeignModelsTest imports, and their predictions.

xgboost-cpu 3.0.4 (PyPI): JSON, UBJSON and the old binary form, the latter also with the 16 bytes that
PostgresML 2.0 writes first; lightgbm 4.3.0: text. Trained on breast_cancer, iris and diabetes.
usage: python foreign_models.py DIRECTORY_OF_CSV_DATA_SETS OUTPUT_DIRECTORY
"""
import sys

import lightgbm as lgb
import numpy as np
import xgboost as xgb

DATA, OUT = sys.argv[1:3]


def load(name):
    a = np.loadtxt(f"{DATA}/{name}.csv", delimiter=",", skiprows=1)
    return a[:, :-1].astype(np.float32), a[:, -1]


def answers(name, scores):
    np.savetxt(f"{OUT}/{name}.scores", np.asarray(scores).reshape(len(scores), -1)[:60], fmt="%.9g", delimiter=",")


CASES = {
    "diabetes": {"objective": "reg:squarederror"},
    "breast_cancer": {"objective": "binary:logistic"},
    "iris": {"objective": "multi:softprob", "num_class": 3},
}
for name, params in CASES.items():
    x, y = load(name)
    x[::7, 1] = np.nan
    b = xgb.train({**params, "max_depth": 3, "nthread": 1}, xgb.DMatrix(x, y), 6)
    for ext, raw in (("json", "json"), ("ubj", "ubj"), ("bin", "deprecated")):
        data = bytes(b.save_raw(raw_format=raw))
        open(f"{OUT}/{name}.{ext}", "wb").write(data)
        if ext == "bin":
            open(f"{OUT}/{name}.rmp", "wb").write(bytes(range(200, 216)) + data)
    answers(name + ".xgboost", b.predict(xgb.DMatrix(x), output_margin=True))
    lp = {"objective": {"diabetes": "regression", "breast_cancer": "binary", "iris": "multiclass"}[name],
          "num_leaves": 6, "verbosity": -1, "num_threads": 1, "deterministic": True, "force_row_wise": True}
    if name == "iris":
        lp["num_class"] = 3
    m = lgb.train(lp, lgb.Dataset(x, y), 6)
    m.save_model(f"{OUT}/{name}.lightgbm.txt")
    answers(name + ".lightgbm", m.predict(x, raw_score=True))
