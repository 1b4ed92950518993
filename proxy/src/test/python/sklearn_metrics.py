"""Reference figures of VectorFunctionsIT: python3 sklearn_metrics.py (scikit-learn 1.2.1)."""
import warnings
import numpy as np
from sklearn import metrics as m

warnings.simplefilter("ignore")
CASES = {
    "binary": ([0, 1, 1, 0, 1], [0, 1, 0, 0, 1]),
    "three": ([0, 1, 2, 2, 1, 0, 0, 2], [0, 2, 2, 2, 0, 0, 1, 2]),
    "unseen": ([1, 1, 2, 2], [1, 3, 3, 2]),
    "all zero": ([0, 0], [0, 0]),
    "never one": ([0, 1, 1], [0, 0, 0]),
}
for name, (t, p) in CASES.items():
    many = len(set(t) | set(p)) > 2
    average = "macro" if many else "binary"
    row = [m.f1_score(t, p, average=average), m.f1_score(t, p, average="micro"),
           m.precision_score(t, p, average=average), m.recall_score(t, p, average=average),
           m.accuracy_score(t, p), m.matthews_corrcoef(t, p)]
    auc = m.roc_auc_score(t, p) if not many and len(set(t)) > 1 else None
    print(name, t, p, [round(float(x), 9) for x in row], auc)
t, p = [3, -0.5, 2, 7, 4.25], [2.5, 0.0, 2, 8, 4]
print(m.r2_score(t, p), m.mean_squared_error(t, p), m.mean_absolute_error(t, p))
print(m.r2_score([1, 1], [1, 1]), m.r2_score([1, 1], [1, 2]))
