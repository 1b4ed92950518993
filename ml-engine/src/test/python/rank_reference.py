"""Writes ../resources/reference/ranks.csv: learning to rank by XGBoost 3.0.4 and LightGBM 4.3.0.

Run in an environment of its own:  pip install lightgbm==4.3.0 xgboost-cpu==3.0.4 scikit-learn
The rows of diabetes in 20 groups, row i in group i mod 20; the relevance is the quarter of the target, 0 to 3, cut at
87, 140.5 and 211.5. Groups 0, 4, 8 … are held out. The score is the mean of scikit-learn's ndcg_score over them.
"""
from pathlib import Path

import lightgbm
import numpy as np
import xgboost
from sklearn.metrics import ndcg_score

HERE = Path(__file__).parent
GROUPS = 20
cells = np.genfromtxt(HERE / "../../main/resources/org/pglynx/ml/datasets/diabetes.csv", delimiter=",", skip_header=1)
group = np.arange(len(cells)) % GROUPS
order = np.argsort(group, kind="stable")
cells, group = cells[order], group[order]
x, relevance = cells[:, :-1].astype(np.float32), np.digitize(cells[:, -1], [87, 140.5, 211.5])
learn = group % 4 != 0
sizes = [int((group == g).sum()) for g in range(GROUPS) if g % 4]


def score(predicted):
    held = group[~learn]
    truth = relevance[~learn]
    return np.mean([ndcg_score([truth[held == g]], [predicted[held == g]]) for g in np.unique(held)])


def by_xgboost(objective, rounds):
    matrix = xgboost.DMatrix(x[learn], label=relevance[learn])
    matrix.set_group(sizes)
    settings = {"objective": objective, "tree_method": "exact", "base_score": 0.5, "nthread": 1}
    return xgboost.train(settings, matrix, rounds).predict(xgboost.DMatrix(x[~learn]))


def by_lightgbm(objective, rounds):
    data = lightgbm.Dataset(x[learn], relevance[learn], group=sizes)
    settings = {"objective": objective, "deterministic": True, "force_row_wise": True, "num_threads": 1,
                "objective_seed": 5, "verbosity": -1}
    return lightgbm.train(settings, data, rounds).predict(x[~learn])


CASES = [
    ("xgboost", "{}", by_xgboost("rank:ndcg", 100)),
    ("xgboost", '{"objective": "rank:pairwise", "n_estimators": 30}', by_xgboost("rank:pairwise", 30)),
    ("lightgbm", "{}", by_lightgbm("lambdarank", 100)),
    ("lightgbm", '{"objective": "rank_xendcg", "n_estimators": 30, "objective_seed": 5}', by_lightgbm("rank_xendcg", 30)),
]
lines = ["algorithm;data;hyperparameters;ndcg;tolerance"]
lines += [f"{name};diabetes;{hyperparameters};{score(predicted):.6f};0.0001" for name, hyperparameters, predicted in CASES]
(HERE / "../resources/reference/ranks.csv").write_text("\n".join(lines) + "\n")
