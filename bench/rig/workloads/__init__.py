"""Everything that can be measured, in the order of a full run."""

from rig.workloads.bulk import Copy, Rows
from rig.workloads.fairness import Fairness
from rig.workloads.forwarding import Forwarding, Pipeline, Tls, Transaction
from rig.workloads.latency import Latency, Paced, Start
from rig.workloads.logins import Churn
from rig.workloads.memory import Memory

WORKLOADS = {
    workload.name: workload
    for workload in (
        Forwarding(), Tls(), Transaction(), Pipeline(), Churn(), Rows(), Copy(), Latency(), Paced(),
        Fairness(),
        # New processes, that would have to be warmed for all others.
        Start(), Memory(),
    )
}
