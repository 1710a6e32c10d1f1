"""Decide what is worth showing to an agent, and stay silent otherwise."""

from agent_assist.session import AssistService
from agent_assist.settings import AssistSettings

__all__ = ["AssistService", "AssistSettings"]
