#!/usr/bin/python3
"""Writes src/test/resources/reference/clusters.csv: what scikit-learn 1.2.1 finds.

Run in ml-engine:  /usr/bin/python3 src/test/python/cluster_reference.py DATASETS_DIRECTORY
Features are cast to float32 first and computed with in float64; "+scale" standardises the columns before.
A line is: algorithm;data;hyperparameters;silhouette;inertia (empty where there is none);labels.
"""
import json
import sys
import warnings

import numpy as np
from sklearn import cluster
from sklearn.metrics import silhouette_score

warnings.filterwarnings("ignore")
DIRECTORY = sys.argv[1]

CASES = [
    ("kmeans", cluster.KMeans, {"random_state": 0, "n_init": 20}, [
        ("iris", {"n_clusters": 3}), ("wine", {"n_clusters": 3}), ("wine+scale", {"n_clusters": 3}),
        ("breast_cancer", {"n_clusters": 2}), ("digits", {"n_clusters": 10}), ("iris", {})]),
]


def rows(name):
    file, _, scale = name.partition("+")
    x = np.loadtxt(f"{DIRECTORY}/{file}.csv", delimiter=",", skiprows=1)[:, :-1]
    if file == "wine":  # pgml.wine has hue before color_intensity
        x[:, [9, 10]] = x[:, [10, 9]]
    x = x.astype(np.float32).astype(np.float64)
    if scale:
        sd = x.std(axis=0)
        x = ((x - x.mean(axis=0)) / np.where(sd == 0, 1, sd)).astype(np.float32).astype(np.float64)
    return x


def main():
    with open("src/test/resources/reference/clusters.csv", "w") as out:
        out.write("algorithm;data;hyperparameters;silhouette;inertia;labels\n")
        for name, make, fixed, runs in CASES:
            for data, parameters in runs:
                x = rows(data)
                model = make(**fixed, **parameters).fit(x)
                labels = model.labels_ if hasattr(model, "labels_") else model.row_labels_
                groups = len(set(labels))
                silhouette = silhouette_score(x, labels) if 1 < groups < len(x) else ""
                inertia = getattr(model, "inertia_", "")
                print(name, data, parameters, groups, silhouette, inertia, file=sys.stderr)
                out.write(";".join([name, data, json.dumps(parameters), str(silhouette), str(inertia),
                                    " ".join(map(str, labels))]) + "\n")


main()
