"""The sandbox carrier: simulated phones inside the process. Nobody is called."""

from yunhu.telephony.simulator.engine import SimulatedEngine, SimulatorConfig
from yunhu.telephony.simulator.phone import PHONES, Behaviour, phone_of

__all__ = ["PHONES", "Behaviour", "SimulatedEngine", "SimulatorConfig", "phone_of"]
