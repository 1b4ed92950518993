#!/usr/bin/python3
"""Writes src/test/resources/reference/projections.csv: what scikit-learn 1.2.1 finds.

Run in ml-engine:  /usr/bin/python3 src/test/python/projection_reference.py DATASETS_DIRECTORY
Features are cast to float32 first and computed with in float64; "+scale" standardises the columns before.
A line is: algorithm;data;hyperparameters;what;numbers. What is ratios, components, groups (of the features), or row N (the outputs of that row).
"""
import json
import sys
import warnings

import numpy as np
from sklearn import cluster, decomposition

warnings.filterwarnings("ignore")
DIRECTORY = sys.argv[1]

CASES = [
    ("pca", decomposition.PCA, {"svd_solver": "full"}, [
        ("iris", {}), ("wine", {}), ("wine+scale", {"n_components": 4}), ("breast_cancer", {}),
        ("digits", {"n_components": 20}), ("iris", {"n_components": 2, "whiten": True}),
        ("digits", {"n_components": 0.9}), ("breast_cancer+scale", {"n_components": 0.95}),
        ("digits/40", {"n_components": 30})]),
]


FEATURE_GROUPS = [
    ("iris", {}), ("wine+scale", {"n_clusters": 5}), ("breast_cancer+scale", {"n_clusters": 6, "linkage": "average"}),
    ("digits", {"n_clusters": 16}), ("digits", {"n_clusters": None, "distance_threshold": 300.0}),
    ("breast_cancer+scale", {"n_clusters": 4, "linkage": "complete", "metric": "cosine"}),
    ("wine+scale", {"n_clusters": 4, "linkage": "single", "metric": "manhattan"}),
]


def rows(name):
    name, _, first = name.partition("/")
    file, _, scale = name.partition("+")
    x = np.loadtxt(f"{DIRECTORY}/{file}.csv", delimiter=",", skiprows=1)[:, :-1]
    x = x[: int(first)] if first else x
    if file == "wine":  # pgml.wine has hue before color_intensity
        x[:, [9, 10]] = x[:, [10, 9]]
    x = x.astype(np.float32).astype(np.float64)
    if scale:
        sd = x.std(axis=0)
        x = ((x - x.mean(axis=0)) / np.where(sd == 0, 1, sd)).astype(np.float32).astype(np.float64)
    return x


def main():
    with open("src/test/resources/reference/projections.csv", "w") as out:
        out.write("algorithm;data;hyperparameters;what;numbers\n")

        def line(*cells):
            *first, numbers = cells
            out.write(";".join([*first, " ".join(f"{v:.9g}" for v in np.ravel(numbers))]) + "\n")

        for name, make, fixed, runs in CASES:
            for data, parameters in runs:
                x = rows(data)
                model = make(**fixed, **parameters)
                z = model.fit_transform(x)
                key = (name, data, json.dumps(parameters))
                if hasattr(model, "explained_variance_ratio_"):
                    line(*key, "ratios", model.explained_variance_ratio_)
                line(*key, "components", model.components_)
                for row in (0, len(x) // 2, len(x) - 1):
                    line(*key, f"row {row}", z[row])
                print(*key, z.shape, file=sys.stderr)
        for data, parameters in FEATURE_GROUPS:
            model = cluster.FeatureAgglomeration(**parameters).fit(rows(data))
            key = ("feature_agglomeration", data, json.dumps(parameters))
            line(*key, "groups", model.labels_)
            print(*key, model.n_clusters_, file=sys.stderr)


main()
