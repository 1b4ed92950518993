"""Everything that can be measured, in the order of a full run."""

from rig.workloads.bulk import Copy, Rows
from rig.workloads.forwarding import Forwarding, Pipeline, Tls, Transaction
from rig.workloads.logins import Churn

WORKLOADS = {
    workload.name: workload
    for workload in (Forwarding(), Tls(), Transaction(), Pipeline(), Churn(), Rows(), Copy())
}
