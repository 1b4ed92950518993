"""Writes what PostgresML stores for two classes, a model of objective multi:softprob, and its classes.

xgboost 1.7.4 (Debian 12), old binary form; trained on breast_cancer.
usage: python softprob_model.py DIRECTORY_OF_CSV_DATA_SETS OUTPUT_DIRECTORY
"""
import sys

import numpy as np
import xgboost as xgb

DATA, OUT = sys.argv[1:3]
a = np.loadtxt(f"{DATA}/breast_cancer.csv", delimiter=",", skiprows=1)
x, y = a[:, :-1].astype(np.float32), a[:, -1]
b = xgb.train({"objective": "multi:softprob", "num_class": 2, "max_depth": 3, "nthread": 1}, xgb.DMatrix(x, y), 6)
with open(f"{OUT}/breast_cancer.softprob.bin", "wb") as f:
    f.write(bytes(b.save_raw(raw_format="deprecated")))
np.savetxt(f"{OUT}/breast_cancer.softprob.classes", b.predict(xgb.DMatrix(x)).argmax(axis=1), fmt="%d")
