"""`satark simulate generators`."""

import argparse
import sys

from satark.simulators.generators.kinds import MIX

EX_USAGE = 2
"""What argparse itself exits with."""
EPILOG = f"""
scenarios:
  steady    statistics with a daily shape; nothing comes or goes
  churn     objects appear, change and are deleted; generators disagree about networks
  restarts  processes end and come back with another process id
  flapping  sessions are lost and come back
  moving    generators move from one collector to the next (give --collector several times)
  load      100 messages a second of each generator besides; --rate changes that in any scenario
  storm     all of it, often
  demo      some of it, seldom, and a processor, a BGP peer and a data plane that go bad after 10, 15 and 20 minutes

kinds of generators, by index, over and over:
  {", ".join(kind.name.lower() for kind in MIX)}

anomalies, with START and LASTS in virtual seconds of the run:
  cpu:0:60:300     generator 0, a vrouter, is busy from the first minute on, for five minutes
  drops:4:60:300   generator 4, a vrouter, drops packets
  peer:1:60:300    the first BGP peer of generator 1, a control node, is down

example:
  satark simulate generators --collector 127.0.0.1:8086 --count 100 --objects 10 --scenario churn --speed 10"""


class GeneratorsCommand:
    """The command. What it runs is imported when it does, so that `satark --help` stays quick."""

    help = "simulate Sandesh generators: vrouter agents, control, configuration and analytics nodes"

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments, and to the help the scenarios and anomalies."""
        from satark.simulators.generators.options import configure  # noqa: PLC0415 - see above

        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.epilog = EPILOG
        configure(parser)

    def run(self, args: argparse.Namespace) -> int:
        """Run until the duration is over or somebody stops it; return the exit status."""
        from satark.simulators.generators.app import simulate  # noqa: PLC0415 - see above
        from satark.simulators.generators.options import OptionsError, options  # noqa: PLC0415 - see above

        try:
            asked = options(args)
            return simulate(asked)
        except OptionsError as error:
            sys.stderr.write(f"satark simulate generators: {error}\n")
            return EX_USAGE


command = GeneratorsCommand()
