#!/usr/bin/python3
"""Writes src/test/resources/reference/clusters.csv: what scikit-learn 1.2.1 finds.

Run in ml-engine:  /usr/bin/python3 src/test/python/cluster_reference.py DATASETS_DIRECTORY [ALGORITHM...]
With algorithms, only their lines are made anew.
Features are cast to float32 first and computed with in float64; "+scale" standardises the columns before.
A line is: algorithm;data;hyperparameters;likeness;silhouette;inertia (empty where there is none);labels.
likeness is the least adjusted Rand index that the test asks for.
"""
import json
import sys
import warnings

import numpy as np
from sklearn import cluster
from sklearn.cluster import _optics
from sklearn.metrics import silhouette_score

warnings.filterwarnings("ignore")


def correct_predecessor(reachability, predecessor, ordering, s, e):
    """As in scikit-learn 1.3; 1.2 looks the predecessor up by its number instead of its place in the order."""
    while s < e:
        if reachability[s] > reachability[e] or predecessor[e] in ordering[s:e]:
            return s, e
        e -= 1
    return None, None


_optics._correct_predecessor = correct_predecessor
DIRECTORY = sys.argv[1]

# algorithm, class, arguments that are not hyperparameters here, runs of (data, hyperparameters, least adjusted Rand index)
CASES = [
    ("kmeans", cluster.KMeans, {"random_state": 0, "n_init": 20}, [
        ("iris", {"n_clusters": 3}, 1), ("wine", {"n_clusters": 3}, 1), ("wine+scale", {"n_clusters": 3}, 1),
        ("breast_cancer", {"n_clusters": 2}, 1), ("digits", {"n_clusters": 10}, 0.8), ("iris", {}, 0.6)]),
    ("mini_batch_kmeans", cluster.MiniBatchKMeans, {"random_state": 0}, [
        ("iris", {"n_clusters": 3}, 0.75), ("wine", {"n_clusters": 3}, 0.75), ("wine+scale", {"n_clusters": 3}, 0.9),
        ("breast_cancer", {"n_clusters": 2}, 0.9), ("digits", {"n_clusters": 10}, 0.6)]),
    ("dbscan", cluster.DBSCAN, {}, [
        ("iris", {}, 0.995), ("iris", {"eps": 0.4, "min_samples": 4}, 0.98), ("wine+scale", {"eps": 2.2}, 0.98),
        ("breast_cancer+scale", {"eps": 3.0, "min_samples": 10}, 0.98), ("digits", {"eps": 20.0}, 0.98)]),
    ("mean_shift", cluster.MeanShift, {}, [
        ("iris", {}, 1), ("wine", {}, 1), ("wine+scale", {"bandwidth": 3.0}, 1), ("breast_cancer", {}, 1),
        ("iris", {"bandwidth": 0.8, "cluster_all": False}, 1), ("breast_cancer+scale", {"bandwidth": 6.0, "bin_seeding": True}, 1),
        ("digits", {"bandwidth": 30.0}, 1)]),
    ("affinity_propagation", cluster.AffinityPropagation, {"random_state": 0}, [
        ("iris", {}, 1), ("wine", {"damping": 0.9}, 1), ("wine+scale", {"preference": -100.0, "damping": 0.7}, 1),
        ("breast_cancer", {"damping": 0.8, "max_iter": 600}, 1), ("digits", {"damping": 0.8}, 0.995)]),
    ("birch", cluster.Birch, {}, [
        ("iris", {}, 1), ("wine", {"threshold": 20.0}, 1), ("wine+scale", {"threshold": 2.0, "n_clusters": 3}, 1),
        ("breast_cancer+scale", {"n_clusters": 2, "threshold": 3.0}, 1), ("iris", {"n_clusters": None}, 1),
        ("digits", {"n_clusters": 10, "threshold": 15.0}, 1), ("iris", {"threshold": 0.2, "branching_factor": 5}, 1)]),
    ("optics", cluster.OPTICS, {}, [
        ("iris", {}, 1), ("wine", {"min_samples": 4}, 1), ("wine+scale", {"xi": 0.02, "min_samples": 8}, 1),
        ("breast_cancer", {"min_cluster_size": 0.05}, 0.98), ("digits", {"min_samples": 10}, 1),
        ("iris", {"cluster_method": "dbscan", "eps": 0.5}, 1), ("iris", {"max_eps": 0.6, "predecessor_correction": False}, 1)]),
    ("spectral", cluster.SpectralClustering, {"random_state": 0}, [
        ("iris", {"n_clusters": 3}, 0.95), ("wine+scale", {"n_clusters": 3, "gamma": 0.1}, 0.95),
        ("breast_cancer+scale", {"n_clusters": 2, "affinity": "nearest_neighbors"}, 0.95),
        ("digits", {"n_clusters": 10, "affinity": "nearest_neighbors"}, 0.95)]),
    ("spectral_bi", cluster.SpectralBiclustering, {"random_state": 0, "n_init": 10}, [
        ("iris", {"n_components": 3, "n_best": 2}, 0.95), ("wine", {"method": "log"}, 0.95),
        ("breast_cancer", {"n_clusters": [2, 4], "method": "scale"}, 0.95), ("wine+scale", {"n_clusters": 3}, 0.9)]),
    ("spectral_co", cluster.SpectralCoclustering, {"random_state": 0, "n_init": 10}, [
        ("iris", {"n_clusters": 2}, 0.95), ("wine", {}, 0.95), ("breast_cancer", {"n_clusters": 4}, 0.95),
        ("wine+scale", {}, 0.95)]),
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


def reference(name, make, fixed, data, parameters, likeness):
    x = rows(data)
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in parameters.items()}
    model = make(**fixed, **given).fit(x)
    labels = model.labels_ if hasattr(model, "labels_") else model.row_labels_
    groups = len(set(labels))
    silhouette = silhouette_score(x, labels) if 1 < groups < len(x) else ""
    inertia = getattr(model, "inertia_", "")
    print(name, data, parameters, groups, silhouette, inertia, file=sys.stderr)
    return ";".join([name, data, json.dumps(parameters), str(likeness), str(silhouette), str(inertia),
                     " ".join(map(str, labels))]) + "\n"


def main():
    path = "src/test/resources/reference/clusters.csv"
    with open(path) as before:
        header, *lines = before.readlines()
    wanted = sys.argv[2:] or [case[0] for case in CASES]
    made = [line for line in lines if line.split(";")[0] not in wanted]
    for name, make, fixed, runs in CASES:
        if name in wanted:
            made += [reference(name, make, fixed, *run) for run in runs]
    with open(path, "w") as out:
        out.writelines([header, *made])


main()
