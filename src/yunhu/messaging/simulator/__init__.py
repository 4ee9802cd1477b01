"""A simulated SMSC in the process, for the sandbox and for tests. No text leaves the machine."""

from yunhu.messaging.simulator.behaviour import DEFAULT_BEHAVIOURS, Behaviour, behaviour_of
from yunhu.messaging.simulator.client import SimulatedSmsc, SimulatorSettings

__all__ = ["DEFAULT_BEHAVIOURS", "Behaviour", "SimulatedSmsc", "SimulatorSettings", "behaviour_of"]
