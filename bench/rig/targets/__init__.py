"""What is compared: no pooler at all, PgBouncer and Odyssey, pglynx of this and another checkout."""

from rig.targets.direct import Direct
from rig.targets.odyssey import Odyssey
from rig.targets.pgbouncer import NewPgBouncer, PgBouncer
from rig.targets.pglynx import Base, Pglynx

TARGETS = {
    target.name: target
    for target in (Direct, PgBouncer, NewPgBouncer, Odyssey, Base, Pglynx)
}
