"""Take sound in from telephone systems, keep its time, record it and let others listen, without ever hurting a call."""

from media_gateway.counters import GatewayCounters
from media_gateway.equipment import Equipment
from media_gateway.gateway import MediaGateway
from media_gateway.live_calls import Switchboard
from media_gateway.settings import GatewaySettings

__all__ = ["Equipment", "GatewayCounters", "GatewaySettings", "MediaGateway", "Switchboard"]
