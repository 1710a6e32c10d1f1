"""Call people back: ask what the script asks, understand the answer, and call nobody twice by accident."""

from outbound_bot.answer_reader import AnswerReader
from outbound_bot.api import build_router
from outbound_bot.campaigns import Campaigns
from outbound_bot.dialer import Dialer
from outbound_bot.settings import OutboundSettings

__all__ = ["AnswerReader", "Campaigns", "Dialer", "OutboundSettings", "build_router"]
