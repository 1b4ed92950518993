"""The command line of the comparison."""

import argparse
import os

from rig import plan
from rig.options import Options
from rig.rigs import RIGS
from rig.targets import TARGETS, floor
from rig.workloads import WORKLOADS

MODES = ("simple", "extended", "prepared")
ALWAYS = ("direct", "pgbouncer", "pglynx")
FLOORS = ("floor-epoll", "floor-uring")
NEWER = ("pgbouncer-new", "odyssey")
EPILOG = """examples:
  bench/compare --quick                           forwarding at 50 clients, about 3 minutes
  bench/compare --list                            every row there is, with its time
  bench/compare --only churn,rows --rounds 3      some workloads
  bench/compare --rows 'churn/scram/*'            some rows (rig/workload/mode/clients)
  bench/compare --save today --resume --minutes 4 a piece of a full run; again until it exits with 0
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong, and not the whole usage before it."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n{self.prog} --help tells all options.\n")


def parser():
    parsed = Parser(
        prog="bench/compare",
        description="Measures pglynx beside PgBouncer and no pooler at all. See bench/README.md.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parsed.add_argument_group("what is measured")
    what.add_argument("--quick", action="store_true",
                      help="forwarding at 50 clients, 3 rounds of 2 s, unless told otherwise")
    what.add_argument("--only", metavar="WORKLOADS", type=choices("workload", WORKLOADS),
                      help=", ".join(WORKLOADS))
    what.add_argument("--rows", metavar="PATTERNS", dest="globs", type=words, default=[],
                      help="only rows whose name matches, with * for anything")
    what.add_argument("--list", action="store_true", help="names the rows instead of measuring")
    what.add_argument("--rig", dest="rigs", metavar="RIGS", type=choices("rig", RIGS),
                      default=list(RIGS), help="isolated,real (both)")
    what.add_argument("--targets", type=choices("target", TARGETS), default=list(ALWAYS),
                      help=f"{','.join(ALWAYS)}; {','.join(FLOORS)}: a bare relay")
    what.add_argument("--base", metavar="CHECKOUT", type=checkout,
                      help="adds pglynx of another checkout as the target base, in the same rounds")
    what.add_argument("--peers", metavar="DIR", type=os.path.abspath,
                      help=f"adds the targets {' and '.join(NEWER)} of a directory that bench/peers made")
    what.add_argument("--modes", type=choices("mode", MODES), default=list(MODES),
                      help="of forwarding: simple,extended,prepared")
    what.add_argument("--clients", metavar="NUMBERS", type=counts,
                      help="of forwarding: 1,10,50,200,1000; with --quick 50")
    how = parsed.add_argument_group("how")
    how.add_argument("--rounds", type=positive, help="5; with --quick 3")
    how.add_argument("--seconds", type=positive, default=2,
                     help="of one round of one target (2)")
    how.add_argument("--warm", type=positive, default=8,
                     help="seconds of load on pglynx before a workload's first round (8)")
    how.add_argument("--pool-size", type=positive, default=20, help="server connections (20)")
    how.add_argument("--transport", default="auto", choices=("auto", "epoll", "io_uring", "nio"))
    how.add_argument("--workers", type=positive, default=1, help="event loops of pglynx (1)")
    how.add_argument("--rate", type=positive, default=20_000,
                     help="transactions a second of the workload paced (20000)")
    kept = parsed.add_argument_group("results")
    kept.add_argument("--save", metavar="NAME", help="writes bench/results/DATE-NAME.{csv,md,svg}")
    kept.add_argument("--resume", action="store_true",
                      help="measures only the rows that the saved result still lacks")
    kept.add_argument("--minutes", type=float, metavar="M",
                      help="begins no row that would end later; exits with 75 if rows are left")
    return parsed


def parse(arguments):
    """The options of a command line, or None if it only asked for the list of rows."""
    parsed = parser().parse_args(arguments)
    if (parsed.resume or parsed.minutes) and not parsed.save:
        parser().error("--resume and --minutes need --save NAME: which result to go on with")
    listed = vars(parsed).pop("list")
    options = Options(**vars(parsed))
    quick = options.quick
    options.clients = options.clients or ([50] if quick else [1, 10, 50, 200, 1000])
    options.rounds = options.rounds or (3 if quick else 5)
    for name in NEWER if options.peers else ():
        if name not in options.targets:
            options.targets = [*options.targets, name]
    for name in NEWER:
        if name in options.targets and not options.peers:
            parser().error(f"the target {name} needs --peers DIR: see bench/peers")
    if options.base and "base" not in options.targets:
        options.targets = [*options.targets, "base"]
    if "base" in options.targets and not options.base:
        parser().error("the target base needs --base CHECKOUT: the directory of another checkout")
    options.rows = plan.rows(options)
    require_fit(options)
    if listed:
        print(plan.listing(options))
        return None
    return options


def require_fit(options):
    floors = [name for name in options.targets if issubclass(TARGETS[name], floor.Floor)]
    unfit = floors and floor.unfit(options.rows)
    if unfit:
        parser().error(
            f"the target {floors[0]} cannot carry {unfit.name}: add --rig isolated --only "
            + ",".join(floor.WORKLOADS)
        )


def choices(kind, allowed):
    def split(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in allowed:
                raise argparse.ArgumentTypeError(
                    f"there is no {kind} {name!r}; there are {', '.join(allowed)}"
                )
        return chosen

    return split


def checkout(text):
    directory = os.path.abspath(text)
    if not os.access(os.path.join(directory, "pglynx"), os.X_OK):
        raise argparse.ArgumentTypeError(f"there is no program pglynx in {directory}")
    return directory


def words(text):
    return [word.strip() for word in text.split(",")]


def positive(text):
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def counts(text):
    return [positive(part) for part in text.split(",")]
